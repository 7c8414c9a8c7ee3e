package kernels

import (
	"encoding/json"
	"net"
	"slices"
	"strings"
)

// relayOutput relays the channel on which GoNB publishes what cells say, in the words of whoever wrote them: see
// [cells.said].
func (s *shell) relayOutput(client, kernel net.Conn) {
	go func() {
		defer kernel.Close()
		relayMessages(kernel, client, func(frames []frame) error {
			_, err := kernel.Write(encodeFrames(frames))
			return err
		})
	}()
	traces := held{}
	relayMessages(client, kernel, func(frames []frame) error {
		for _, passed := range s.output(traces, frames) {
			if _, err := client.Write(encodeFrames(passed)); err != nil {
				return err
			}
		}
		return nil
	})
}

// output returns the messages that a client gets in place of one of GoNB's.
func (s *shell) output(traces held, frames []frame) [][]frame {
	m, ok := s.parse(frames)
	if !ok || s.cells == nil {
		return [][]frame{frames}
	}
	var passed [][]frame
	pass := func(m message, frames []frame) {
		content, changed := s.cells.said(m)
		switch {
		case !changed:
			passed = append(passed, withContent(frames, s.key, m.Content))
		case content != nil:
			passed = append(passed, withContent(frames, s.key, content))
		}
	}
	id := m.parentID()
	name, text, isStream := streamText(m.Content)
	switch {
	case m.Header.Type == "stream" && isStream && name == "stderr" && !ended.MatchString(strings.TrimSuffix(text, "\n")):
		whole := traces.add(id, text, frames)
		if whole == "" && text != "" {
			return nil
		}
		m.Content = withText(m.Content, whole)
		pass(m, frames)
		return passed
	case m.Header.Type == "error" || m.Header.Type == "status":
		if text, last := traces.rest(id); text != "" {
			if before, ok := s.parse(last); ok {
				before.Content = withText(before.Content, text)
				pass(before, last)
			}
		}
	}
	pass(m, frames)
	return passed
}

// said returns a message's content as it should be read: execute_input with the cell as it was written, errors and traces
// with its lines. Content that is changed to nil isn't for anyone.
func (c *cells) said(m message) (content json.RawMessage, changed bool) {
	if c == nil || c.session == nil {
		return nil, false
	}
	known := c.of(m.parentID())
	if known == nil {
		return nil, false
	}
	var fields map[string]json.RawMessage
	if json.Unmarshal(m.Content, &fields) != nil {
		return nil, false
	}
	switch m.Header.Type {
	case "execute_input":
		var number int
		if json.Unmarshal(fields["execution_count"], &number) == nil {
			c.numbered(m.parentID(), number)
		}
		fields["code"], _ = json.Marshal(known.code)
	case "stream":
		name, text, ok := streamText(m.Content)
		if !ok {
			return nil, false
		}
		if removed, ok := strings.CutPrefix(strings.TrimSuffix(text, "\n"), ". removed var "); ok && slices.Contains(known.rewritten.Removed, removed) {
			return nil, true // it was the kernel's wish
		}
		if name != "stderr" {
			return nil, false
		}
		said, keep := c.trace(known, text)
		if !keep {
			return nil, true
		}
		if said == text {
			return nil, false
		}
		return withText(m.Content, said), true
	case "error", "execute_reply":
		var value string
		var traceback []string
		if json.Unmarshal(fields["evalue"], &value) != nil || json.Unmarshal(fields["traceback"], &traceback) != nil {
			return nil, false
		}
		w, ok := c.complain(known, value, traceback)
		if !ok {
			return nil, false
		}
		fields["ename"], _ = json.Marshal(w.name)
		fields["evalue"], _ = json.Marshal(w.value)
		fields["traceback"], _ = json.Marshal(w.lines)
	default:
		return nil, false
	}
	content, err := json.Marshal(fields)
	return content, err == nil
}

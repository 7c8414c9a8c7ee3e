package kernels

import (
	"encoding/json"
	"net"
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
	relayMessages(client, kernel, func(frames []frame) error {
		if m, ok := s.parse(frames); ok {
			if content, changed := s.cells.said(m); changed {
				frames = withContent(frames, s.key, content)
			}
		}
		_, err := client.Write(encodeFrames(frames))
		return err
	})
}

// said returns a message's content as it should be read: execute_input with the cell as it was written, errors and traces
// with its lines.
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
	default:
		return nil, false
	}
	content, err := json.Marshal(fields)
	return content, err == nil
}

package kernels

import (
	"bufio"
	"crypto/rand"
	"encoding/json"
	"io"
	"net"
	"sync"
)

// shell relays the shell channel message by message, because GoNB leaves two requests without an answer that clients
// wait for: is_complete_request and history_request. It answers these itself, and a complete_request or an inspect_request where
// the types of the cell tell the answer: gopls needs a while at first. It passes on everything else unchanged.
// And it brings the prelude back after %reset, which makes GoNB forget all imports.
type shell struct {
	key string
	// prelude executes the prelude once more.
	prelude func()
	history history
	resets  resets
	pipes   pipes
	cells   *cells
	lookups lookups
	turns   turns

	mu       sync.Mutex
	answered map[string]bool // by the IDs of requests that were answered here, and of which GoNB's replies are still to come
}

func (s *shell) relay(client, kernel net.Conn) {
	var writing, sending sync.Mutex // a message must not be torn by another
	name := rand.Text()
	defer s.turns.leave(name)
	toClient := func(frames []frame) error {
		writing.Lock()
		defer writing.Unlock()
		_, err := client.Write(encodeFrames(frames))
		return err
	}
	toKernel := func(frames []frame) error {
		sending.Lock()
		defer sending.Unlock()
		_, err := kernel.Write(encodeFrames(frames))
		return err
	}
	answered := func(request message, frames []frame) (yes bool, err error) {
		answer := s.answer(request)
		if answer == nil {
			return false, nil
		}
		if err := toClient(answer); err != nil {
			return true, err
		}
		return true, toKernel(s.instead(request, frames))
	}
	pass := func(request message, frames []frame) error {
		if yes, err := answered(request, frames); yes {
			return err
		}
		if request.Header.Type == "execute_request" {
			s.turns.ask(turn{request.Header.ID, name, func() bool { return toKernel(s.wanted(request, frames)) == nil }})
			return nil
		}
		return toKernel(s.wanted(request, frames))
	}
	gone := make(chan struct{})
	defer close(gone)
	go func() {
		defer kernel.Close()
		relayMessages(kernel, client, func(frames []frame) error {
			request, ok := s.parse(frames)
			if !ok {
				return toKernel(frames)
			}
			if asked, early := s.cells.early(request); early {
				go func() { // what fails here ends the relay where it reads
					s.cells.awaitTypes(asked, gone)
					if yes, _ := answered(request, frames); !yes && s.cells.awaitGopls(gone) {
						_ = toKernel(s.wanted(request, frames))
					}
				}()
				return nil
			}
			return pass(request, frames)
		})
	}()
	relayMessages(client, kernel, func(frames []frame) error {
		if noted := s.note(frames); noted != nil {
			return toClient(noted)
		}
		return nil
	})
}

// relayMessages passes the greeting of src on to dst, and then hands every message and command to pass.
func relayMessages(dst io.Writer, src io.Reader, pass func([]frame) error) {
	// Byte by byte as they come: either side may wait for the first ten before it sends the rest.
	if _, err := io.CopyN(dst, src, greetingLength); err != nil {
		return
	}
	r := bufio.NewReader(src)
	for {
		frames, err := readFrames(r)
		if err != nil {
			return
		}
		if err := pass(frames); err != nil {
			return
		}
	}
}

// answer returns the reply to a request that this process handles, or nil.
func (s *shell) answer(request message) []frame {
	var kind string
	var content any
	switch request.Header.Type {
	case "execute_request":
		s.history.asked(request)
		s.resets.asked(request)
		s.pipes.asked(request)
		return nil
	case "complete_request":
		if content = s.cells.complete(request); content == nil {
			return nil
		}
		kind = "complete_reply"
	case "inspect_request":
		if content = s.cells.explain(request); content == nil {
			return nil
		}
		kind = "inspect_reply"
	case "is_complete_request":
		var asked struct{ Code string }
		if json.Unmarshal(request.Content, &asked) != nil {
			return nil
		}
		kind, content = "is_complete_reply", completeness(asked.Code)
	case "history_request":
		var asked historyRequest
		if json.Unmarshal(request.Content, &asked) != nil {
			return nil
		}
		kind = "history_reply"
		content = map[string]any{"status": "ok", "history": s.history.find(asked)}
	default:
		return nil
	}
	reply, err := newMessage(kind, request.Header.Session, &request.Header, content)
	if err != nil {
		return nil
	}
	parts, err := reply.frames(s.key)
	if err != nil {
		return nil
	}
	return messageFrames(parts)
}

// instead is what GoNB gets of a request that was answered here: one that costs nothing, for it to say that it is busy and idle again. JupyterLab takes
// no answer for whole before that.
func (s *shell) instead(request message, frames []frame) []frame {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.answered == nil {
		s.answered = map[string]bool{}
	}
	s.answered[request.Header.ID] = true
	return request.asKind("kernel_info_request", frames, s.key)
}

// isInstead reports whether a reply of GoNB's is of such a request.
func (s *shell) isInstead(reply message) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	id := reply.parentID()
	defer delete(s.answered, id)
	return s.answered[id]
}

// wanted is what GoNB gets of a request.
func (s *shell) wanted(request message, frames []frame) []frame {
	var content json.RawMessage
	changed := false
	switch request.Header.Type {
	case "execute_request":
		content, changed = s.cells.request(request)
	case "complete_request", "inspect_request":
		content, changed = s.lookups.request(request)
	}
	if changed {
		return withContent(frames, s.key, content)
	}
	return frames
}

// note remembers what is needed of a reply, and returns what the client gets of it; nil: nothing.
func (s *shell) note(frames []frame) []frame {
	reply, ok := s.parse(frames)
	if ok && reply.Header.Type == "kernel_info_reply" && s.isInstead(reply) {
		return nil
	}
	if ok && reply.Header.Type == "complete_reply" {
		if content, changed := s.lookups.answered(reply); changed {
			return withContent(frames, s.key, content)
		}
	}
	if ok && reply.Header.Type == "inspect_reply" {
		if content, changed := s.lookups.explained(reply); changed {
			return withContent(frames, s.key, content)
		}
	}
	if ok && reply.Header.Type == "execute_reply" {
		s.history.answered(reply)
		s.pipes.answered(reply)
		s.cells.answered(reply)
		if content, changed := s.cells.said(reply); changed {
			frames = withContent(frames, s.key, content)
		}
		if s.resets.answered(reply) {
			s.prelude() // before the client sees the reply and sends the next cell
		}
		s.turns.done(reply.parentID())
	}
	return frames
}

func (s *shell) parse(frames []frame) (message, bool) {
	if frames[0].command {
		return message{}, false
	}
	parts := make([][]byte, len(frames))
	for i, f := range frames {
		parts[i] = f.body
	}
	m, err := parseMessage(parts, s.key)
	return m, err == nil
}

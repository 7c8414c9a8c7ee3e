package kernels

import (
	"encoding/json"
	"strings"
)

// held are the ends of traces' lines that haven't come yet, by the request that the program belongs to: a trace comes in
// pieces, and a place must be whole to be worded. Each client has its own.
type held map[string]*heldTrace

type heldTrace struct {
	line   string  // what has come of the last line
	frames []frame // of the message that brought it
}

// add takes what a program says on its error output, and returns what can be passed on: from a panic on whole lines.
func (h held) add(id, text string, frames []frame) string {
	trace := h[id]
	if trace == nil {
		if !panics.MatchString(text) {
			return text
		}
		trace = &heldTrace{}
		h[id] = trace
	}
	text = trace.line + text
	end := strings.LastIndexByte(text, '\n') + 1
	trace.line, trace.frames = text[end:], frames
	return text[:end]
}

// rest returns what is left of a program that says nothing more, and the message to say it in.
func (h held) rest(id string) (text string, frames []frame) {
	trace := h[id]
	delete(h, id)
	if trace == nil || trace.line == "" {
		return "", nil
	}
	return trace.line, trace.frames
}

// streamText is what a message of a stream says.
func streamText(content json.RawMessage) (name, text string, ok bool) {
	var stream struct{ Name, Text *string }
	if json.Unmarshal(content, &stream) != nil || stream.Name == nil || stream.Text == nil {
		return "", "", false
	}
	return *stream.Name, *stream.Text, true
}

// withText is a stream's content with other text.
func withText(content json.RawMessage, text string) json.RawMessage {
	var fields map[string]json.RawMessage
	if json.Unmarshal(content, &fields) != nil {
		return content
	}
	fields["text"], _ = json.Marshal(text)
	changed, err := json.Marshal(fields)
	if err != nil {
		return content
	}
	return changed
}

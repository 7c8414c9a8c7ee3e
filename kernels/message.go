package kernels

import (
	"bytes"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"time"
)

// header is the header of a Jupyter message.
type header struct {
	ID       string `json:"msg_id"`
	Session  string `json:"session"`
	Username string `json:"username"`
	Date     string `json:"date"`
	Type     string `json:"msg_type"`
	Version  string `json:"version"`
}

// message is a Jupyter message as it travels between a client's socket and a kernel's: without the routing identities
// that a kernel's side adds. https://jupyter-client.readthedocs.io/en/stable/messaging.html#the-wire-protocol
type message struct {
	Header  header
	Parent  json.RawMessage
	Content json.RawMessage
}

var delimiter = []byte("<IDS|MSG>")

// newMessage returns a message of the session, with content as its JSON content. parent may be nil.
func newMessage(kind, session string, parent *header, content any) (message, error) {
	m := message{Header: header{
		ID: rand.Text(), Session: session, Username: "kernel", Type: kind, Version: "5.3",
		Date: time.Now().UTC().Format(time.RFC3339Nano),
	}, Parent: json.RawMessage("{}")}
	var err error
	if parent != nil {
		if m.Parent, err = json.Marshal(parent); err != nil {
			return message{}, err
		}
	}
	m.Content, err = json.Marshal(content)
	return m, err
}

// frames returns the message signed with key, ready for a socket. An empty key means no signature.
func (m message) frames(key string) ([][]byte, error) {
	head, err := json.Marshal(m.Header)
	if err != nil {
		return nil, err
	}
	parts := [][]byte{head, m.Parent, []byte("{}"), m.Content}
	return append([][]byte{delimiter, sign(key, parts)}, parts...), nil
}

// parseMessage reads the frames of a message and checks its signature.
func parseMessage(frames [][]byte, key string) (message, error) {
	start := 0
	for start < len(frames) && !bytes.Equal(frames[start], delimiter) {
		start++ // identities
	}
	if len(frames) < start+6 {
		return message{}, errors.New("not a Jupyter message")
	}
	signature, parts := frames[start+1], frames[start+2:start+6]
	if !hmac.Equal(signature, sign(key, parts)) {
		return message{}, errors.New("the message's signature is not the key's")
	}
	m := message{Parent: parts[1], Content: parts[3]}
	if err := json.Unmarshal(parts[0], &m.Header); err != nil {
		return message{}, fmt.Errorf("message header: %w", err)
	}
	return m, nil
}

// withContent returns a message's frames with other content, signed with key anew.
func withContent(frames []frame, key string, content []byte) []frame {
	return withParts(frames, key, map[int][]byte{contentPart: content})
}

// asKind returns a request's frames as those of another kind of request, without content and under the same ID.
func (m message) asKind(kind string, frames []frame, key string) []frame {
	m.Header.Type = kind
	head, err := json.Marshal(m.Header)
	if err != nil {
		return frames
	}
	return withParts(frames, key, map[int][]byte{headerPart: head, contentPart: []byte("{}")})
}

// The parts of a message, counted from its delimiter on.
const (
	headerPart  = 2
	contentPart = 5
)

// withParts puts other parts of a message into its frames, and signs them with key anew.
func withParts(frames []frame, key string, others map[int][]byte) []frame {
	parts := make([][]byte, len(frames))
	for i, f := range frames {
		parts[i] = f.body
	}
	start := 0
	for start < len(parts) && !bytes.Equal(parts[start], delimiter) {
		start++
	}
	if len(parts) < start+6 {
		return frames
	}
	for at, part := range others {
		parts[start+at] = part
	}
	parts[start+1] = sign(key, parts[start+2:start+6])
	return messageFrames(parts)
}

// parentID returns the ID of the request that the message answers, or "".
func (m message) parentID() string {
	var parent header
	if json.Unmarshal(m.Parent, &parent) != nil {
		return ""
	}
	return parent.ID
}

func sign(key string, parts [][]byte) []byte {
	if key == "" {
		return nil
	}
	mac := hmac.New(sha256.New, []byte(key))
	for _, part := range parts {
		mac.Write(part)
	}
	return []byte(hex.EncodeToString(mac.Sum(nil)))
}

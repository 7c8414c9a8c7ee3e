package kernels

import (
	"bufio"
	"encoding/binary"
	"fmt"
	"io"
)

// ZMTP 3, the protocol of ZeroMQ's sockets: a greeting of fixed length, then frames. A message is one or more frames, all
// but the last with the more flag. https://rfc.zeromq.org/spec/23/
const (
	greetingLength = 64

	flagMore    = 1
	flagLong    = 2
	flagCommand = 4

	// maxMessage bounds what a message can ask for: the bytes of its frames, and 16 for each frame.
	maxMessage = 1 << 30
	// trusted is how many bytes are allocated on a frame's word. Anyone on this machine may connect; whoever claims
	// more has to send it.
	trusted = 1 << 16
)

// frame is one ZMTP frame: part of a message, or a command of the connection.
type frame struct {
	more, command bool
	body          []byte
}

// readFrame reads a frame of at most room bytes.
func readFrame(r *bufio.Reader, room int) (frame, error) {
	flags, err := r.ReadByte()
	if err != nil {
		return frame{}, err
	}
	size := make([]byte, 1, 8)
	if flags&flagLong != 0 {
		size = size[:8]
	}
	if _, err := io.ReadFull(r, size); err != nil {
		return frame{}, err
	}
	length := uint64(size[0])
	if len(size) == 8 {
		length = binary.BigEndian.Uint64(size)
	}
	if length > uint64(max(room, 0)) {
		return frame{}, fmt.Errorf("a frame of %d bytes in a message of at most %d", length, maxMessage)
	}
	body, err := readBody(r, int(length))
	return frame{more: flags&flagMore != 0, command: flags&flagCommand != 0, body: body}, err
}

func readBody(r io.Reader, length int) ([]byte, error) {
	body := make([]byte, min(length, trusted))
	for done := 0; ; {
		n, err := io.ReadFull(r, body[done:])
		if done += n; err != nil || done == length {
			return body, err
		}
		body = append(body, make([]byte, min(length-done, done))...)
	}
}

// append adds the frame's bytes to b.
func (f frame) append(b []byte) []byte {
	var flags byte
	if f.more {
		flags |= flagMore
	}
	if f.command {
		flags |= flagCommand
	}
	if len(f.body) > 255 {
		b = append(b, flags|flagLong)
		b = binary.BigEndian.AppendUint64(b, uint64(len(f.body)))
	} else {
		b = append(b, flags, byte(len(f.body)))
	}
	return append(b, f.body...)
}

// readFrames reads one whole message, or one command.
func readFrames(r *bufio.Reader) ([]frame, error) {
	var frames []frame
	room := maxMessage
	for {
		f, err := readFrame(r, room)
		if err != nil {
			return nil, err
		}
		room -= 16 + len(f.body)
		frames = append(frames, f)
		if f.command || !f.more {
			return frames, nil
		}
	}
}

// encodeFrames returns the bytes of a message or a command.
func encodeFrames(frames []frame) []byte {
	var b []byte
	for _, f := range frames {
		b = f.append(b)
	}
	return b
}

// messageFrames wraps the parts of a message in frames.
func messageFrames(parts [][]byte) []frame {
	frames := make([]frame, len(parts))
	for i, part := range parts {
		frames[i] = frame{more: i < len(parts)-1, body: part}
	}
	return frames
}

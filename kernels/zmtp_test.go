package kernels

import (
	"bufio"
	"bytes"
	"io"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"example.com/unstuck/internal/allowance"
)

func TestFramesRoundTrip(t *testing.T) {
	long := bytes.Repeat([]byte("x"), 256)
	sent := messageFrames([][]byte{nil, []byte("a"), long[:255], long})
	encoded := encodeFrames(append(sent, frame{command: true, body: []byte("\x04PING")}))
	// The first frames by hand: more and empty; more, one byte.
	assert.Equal(t, []byte{1, 0, 1, 1, 'a'}, encoded[:5])

	r := bufio.NewReader(bytes.NewReader(encoded))
	got, err := readFrames(r)
	require.NoError(t, err)
	require.Len(t, got, 4)
	assert.Equal(t, long, got[3].body)
	assert.False(t, got[3].more)

	got, err = readFrames(r)
	require.NoError(t, err)
	assert.True(t, got[0].command)

	_, err = readFrames(r)
	assert.ErrorIs(t, err, io.EOF)
}

func TestFramesThatAreNotWhole(t *testing.T) {
	_, err := readFrames(bufio.NewReader(bytes.NewReader([]byte{0, 5, 'a'})))
	assert.ErrorIs(t, err, io.ErrUnexpectedEOF)

	huge := []byte{flagLong, 0x7f, 0, 0, 0, 0, 0, 0, 0}
	_, err = readFrames(bufio.NewReader(bytes.NewReader(huge)))
	assert.ErrorContains(t, err, "at most")

	claimed := append([]byte{flagLong, 0, 0, 0, 0, 0x3f, 0, 0, 0}, "only this"...)
	allowance.Allowance{Fixed: 4 * trusted}.Check(t, 0, func() {
		_, err = readFrames(bufio.NewReader(bytes.NewReader(claimed)))
	})
	assert.ErrorIs(t, err, io.ErrUnexpectedEOF)
}

func TestLongFrames(t *testing.T) {
	for _, length := range []int{trusted - 1, trusted, trusted + 1, 2 * trusted, 5*trusted + 7} {
		body := bytes.Repeat([]byte("0123456789"), length/10+1)[:length]
		got, err := readFrames(bufio.NewReader(bytes.NewReader(frame{body: body}.append(nil))))
		require.NoError(t, err)
		require.Equal(t, body, got[0].body)
	}
}

// FuzzMessage takes anything for what a client has sent.
func FuzzMessage(f *testing.F) {
	for _, content := range []any{
		map[string]any{"code": "%reset", "store_history": true},
		map[string]any{"hist_access_type": "search", "pattern": "*a?", "n": 3, "unique": true},
	} {
		for _, kind := range []string{"execute_request", "is_complete_request", "history_request"} {
			m, err := newMessage(kind, "client", nil, content)
			require.NoError(f, err)
			parts, err := m.frames("")
			require.NoError(f, err)
			f.Add(encodeFrames(messageFrames(parts)))
		}
	}
	f.Add([]byte{flagLong | flagMore, 0, 0, 0, 0, 0x3f, 0, 0, 0, 1})
	reads := allowance.Allowance{Fixed: 4 << 20, PerByte: 1000}
	f.Fuzz(func(t *testing.T, sent []byte) {
		s := &shell{prelude: func() {}}
		s.history.entries = []historyEntry{{1, "a"}, {2, "func f() {"}}
		reads.Check(t, len(sent), func() {
			for r := bufio.NewReader(bytes.NewReader(sent)); ; {
				frames, err := readFrames(r)
				if err != nil {
					return
				}
				again, err := readFrames(bufio.NewReader(bytes.NewReader(encodeFrames(frames))))
				require.NoError(t, err)
				require.Equal(t, frames, again)
				if request, ok := s.parse(frames); ok {
					s.answer(request)
				}
				s.note(frames)
			}
		})
	})
}

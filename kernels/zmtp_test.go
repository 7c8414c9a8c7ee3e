package kernels

import (
	"bufio"
	"bytes"
	"io"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
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
}

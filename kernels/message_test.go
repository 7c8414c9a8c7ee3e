package kernels

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestMessageRoundTrip(t *testing.T) {
	request, err := newMessage("execute_request", "session", nil, map[string]any{"code": "ü"})
	require.NoError(t, err)
	reply, err := newMessage("execute_reply", "session", &request.Header, map[string]any{"status": "ok"})
	require.NoError(t, err)
	assert.Equal(t, request.Header.ID, reply.parentID())

	frames, err := reply.frames("secret")
	require.NoError(t, err)
	read, err := parseMessage(append([][]byte{[]byte("identity")}, frames...), "secret")
	require.NoError(t, err)
	assert.Equal(t, reply, read)

	_, err = parseMessage(frames, "other")
	assert.EqualError(t, err, "the message's signature is not the key's")
	frames[5] = []byte(`{"status":"no"}`)
	_, err = parseMessage(frames, "secret")
	assert.Error(t, err, "changed content")
	_, err = parseMessage(frames[:4], "secret")
	assert.EqualError(t, err, "not a Jupyter message")
}

// The expected value is what jupyter_client's Session(key=b"key").sign([b"{}"] * 4) gives.
func TestSignature(t *testing.T) {
	part := []byte("{}")
	assert.Equal(t, "ca767b02c5bc061ed184a9a029e7f93a7f2f7ed4e8fe74120fc1212f0b008fa3",
		string(sign("key", [][]byte{part, part, part, part})))
	assert.Empty(t, sign("", [][]byte{part}))
}

func TestFailure(t *testing.T) {
	assert.NoError(t, failure(json.RawMessage(`{"status": "ok"}`)))
	assert.EqualError(t, failure(json.RawMessage(`{"status": "error", "ename": "ERROR", "evalue": "no such package"}`)),
		"ERROR: no such package")
	assert.Error(t, failure(json.RawMessage(`[]`)))
}

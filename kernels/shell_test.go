package kernels

import (
	"bufio"
	"bytes"
	"io"
	"net"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// shellSession is both ends of a relayed shell channel, after the greetings.
type shellSession struct {
	t              *testing.T
	client, kernel net.Conn
	fromKernel     *bufio.Reader // what the client reads
	fromClient     *bufio.Reader // what the kernel reads
}

const testKey = "secret"

func relayed(t *testing.T, s *shell) *shellSession {
	t.Helper()
	client, outer := net.Pipe()
	kernel, inner := net.Pipe()
	t.Cleanup(func() { client.Close(); kernel.Close() })
	go s.relay(outer, inner)
	greeting := bytes.Repeat([]byte{7}, greetingLength)
	// Like libzmq: the first ten bytes, and the rest when the other side has sent its own.
	go client.Write(greeting[:10])
	_, err := io.ReadFull(kernel, make([]byte, 10))
	require.NoError(t, err)
	go kernel.Write(greeting)
	_, err = io.ReadFull(client, make([]byte, greetingLength))
	require.NoError(t, err)
	go client.Write(greeting[10:])
	_, err = io.ReadFull(kernel, make([]byte, greetingLength-10))
	require.NoError(t, err)
	return &shellSession{t, client, kernel, bufio.NewReader(client), bufio.NewReader(kernel)}
}

func (s *shellSession) send(to net.Conn, m message) {
	s.t.Helper()
	parts, err := m.frames(testKey)
	require.NoError(s.t, err)
	go to.Write(encodeFrames(messageFrames(parts)))
}

func (s *shellSession) receive(from *bufio.Reader) message {
	s.t.Helper()
	frames, err := readFrames(from)
	require.NoError(s.t, err)
	m, ok := (&shell{key: testKey}).parse(frames)
	require.True(s.t, ok)
	return m
}

func (s *shellSession) request(kind string, content any) message {
	s.t.Helper()
	m, err := newMessage(kind, "client", nil, content)
	require.NoError(s.t, err)
	s.send(s.client, m)
	return m
}

// execute plays a whole execution and returns when the client has its reply.
func (s *shellSession) execute(code string, number int) {
	s.t.Helper()
	request := s.request("execute_request", map[string]any{"code": code, "store_history": true})
	require.Equal(s.t, request.Header.ID, s.receive(s.fromClient).Header.ID)
	reply, err := newMessage("execute_reply", "client", &request.Header, map[string]any{"execution_count": number})
	require.NoError(s.t, err)
	s.send(s.kernel, reply)
	require.Equal(s.t, request.Header.ID, s.receive(s.fromKernel).parentID())
}

func TestShellAnswersIsComplete(t *testing.T) {
	s := relayed(t, &shell{key: testKey})
	request := s.request("is_complete_request", map[string]any{"code": "func f() {"})
	reply := s.receive(s.fromKernel)
	assert.Equal(t, "is_complete_reply", reply.Header.Type)
	assert.Equal(t, request.Header.ID, reply.parentID())
	assert.JSONEq(t, `{"status": "incomplete", "indent": "\t"}`, string(reply.Content))

	// The kernel has to say busy and idle for it, which clients wait for, and its reply goes nowhere.
	instead := s.receive(s.fromClient)
	assert.Equal(t, "kernel_info_request", instead.Header.Type)
	assert.Equal(t, request.Header.ID, instead.Header.ID)
	s.send(s.kernel, infoReply(t, instead))
	next := s.request("kernel_info_request", map[string]any{})
	assert.Equal(t, next, s.receive(s.fromClient))
	s.send(s.kernel, infoReply(t, next))
	assert.Equal(t, next.Header.ID, s.receive(s.fromKernel).parentID(), "one that a client asked for does")
}

func infoReply(t *testing.T, request message) message {
	t.Helper()
	m, err := newMessage("kernel_info_reply", "client", &request.Header, map[string]any{"status": "ok"})
	require.NoError(t, err)
	return m
}

func TestShellAnswersHistory(t *testing.T) {
	s := relayed(t, &shell{key: testKey})
	s.execute("%%\nf(1)", 1)
	s.execute("%%\nf(2)", 2)
	s.request("history_request", map[string]any{"hist_access_type": "tail", "n": 1})
	assert.JSONEq(t, `{"status": "ok", "history": [[1, 2, "%%\nf(2)"]]}`, string(s.receive(s.fromKernel).Content))
}

// TestShellSendsCellsOneByOne: the second one depends on what the first one has set, however fast it was sent.
func TestShellSendsCellsOneByOne(t *testing.T) {
	c := newTestCells(t, "")
	s := relayed(t, &shell{key: testKey, cells: c})
	first := s.request("execute_request", map[string]any{"code": "x := 1\nx"})
	require.Equal(t, first.Header.ID, s.receive(s.fromClient).Header.ID)
	second := s.request("execute_request", map[string]any{"code": "x"})
	info := s.request("kernel_info_request", map[string]any{})
	require.Equal(t, info.Header.ID, s.receive(s.fromClient).Header.ID, "what is no cell doesn't wait")
	s.send(s.kernel, reply(t, first, map[string]any{"status": "ok", "execution_count": 1}))
	require.Equal(t, first.Header.ID, s.receive(s.fromKernel).parentID())
	require.Equal(t, second.Header.ID, s.receive(s.fromClient).Header.ID)
}

func TestShellBringsThePreludeBack(t *testing.T) {
	preludes := 0
	s := relayed(t, &shell{key: testKey, prelude: func() { preludes++ }})
	s.execute("%%\nf(1)", 1)
	assert.Equal(t, 0, preludes)
	s.execute("%reset\n", 2)
	assert.Equal(t, 1, preludes, "before the client has its reply")
	s.execute("%reset go.mod\n", 3)
	assert.Equal(t, 1, preludes)
}

func TestShellPassesOnWhatItCantRead(t *testing.T) {
	s := relayed(t, &shell{key: "another key"})
	sent := s.request("is_complete_request", map[string]any{"code": ""})
	assert.Equal(t, sent, s.receive(s.fromClient), "it is the kernel's to refuse a wrong signature")

	ping := encodeFrames([]frame{{command: true, body: []byte("\x04PING")}})
	go s.client.Write(ping)
	got := make([]byte, len(ping))
	_, err := io.ReadFull(s.fromClient, got)
	require.NoError(t, err)
	assert.Equal(t, ping, got)
}

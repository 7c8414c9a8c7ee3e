package kernels

import (
	"io"
	"net"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// listenAnywhere opens a port of this machine.
func listenAnywhere(t *testing.T) net.Listener {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	t.Cleanup(func() { listener.Close() })
	return listener
}

// echo answers every connection with what it gets.
func echo(listener net.Listener) {
	for {
		conn, err := listener.Accept()
		if err != nil {
			return
		}
		go func() {
			defer conn.Close()
			io.Copy(conn, conn)
		}()
	}
}

func TestForward(t *testing.T) {
	kernel, outside := listenAnywhere(t), listenAnywhere(t)
	go echo(kernel)
	f := newForwarder(outside, kernel.Addr().String(), pipe)

	// A client that connects before anyone serves waits; none is refused.
	early, err := net.Dial("tcp", outside.Addr().String())
	require.NoError(t, err)
	_, err = early.Write([]byte("early"))
	require.NoError(t, err)
	go f.serve()

	for _, text := range []string{"early", "later"} {
		client := early
		if text == "later" {
			client, err = net.Dial("tcp", outside.Addr().String())
			require.NoError(t, err)
			_, err = client.Write([]byte(text))
			require.NoError(t, err)
		}
		got := make([]byte, len(text))
		_, err = io.ReadFull(client, got)
		require.NoError(t, err)
		assert.Equal(t, text, string(got))
	}

	f.close()
	_, err = io.ReadAll(early)
	assert.NoError(t, err, "the client is dropped in order")
	_, err = net.Dial("tcp", outside.Addr().String())
	assert.Error(t, err)
	<-f.drain()
}

// What the kernel sent last arrives, although the kernel has closed the connection.
func TestForwardDrains(t *testing.T) {
	kernel, outside := listenAnywhere(t), listenAnywhere(t)
	f := newForwarder(outside, kernel.Addr().String(), pipe)
	go f.serve()
	client, err := net.Dial("tcp", outside.Addr().String())
	require.NoError(t, err)
	inside, err := kernel.Accept()
	require.NoError(t, err)
	_, err = inside.Write([]byte("goodbye"))
	require.NoError(t, err)
	require.NoError(t, inside.Close())
	<-f.drain()
	got, err := io.ReadAll(client)
	require.NoError(t, err)
	assert.Equal(t, "goodbye", string(got))
}

func TestListenNamesTheTakenPort(t *testing.T) {
	c, err := connection{Transport: "tcp", IP: "127.0.0.1"}.inner()
	require.NoError(t, err)
	taken := listenAnywhere(t)
	c.StdinPort = taken.Addr().(*net.TCPAddr).Port
	_, err = listen(c)
	assert.ErrorContains(t, err, "the stdin port that Jupyter chose is not free")

	taken.Close()
	listeners, err := listen(c)
	require.NoError(t, err, "the failure has closed the ports that were open already")
	closeAll(listeners)
}

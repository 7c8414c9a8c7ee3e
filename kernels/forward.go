package kernels

import (
	"fmt"
	"io"
	"net"
	"sync"
)

// relay passes bytes between a client and the kernel until one of them closes.
type relay func(client, kernel net.Conn)

// forwarder accepts clients on a listener and connects each to the target.
type forwarder struct {
	listener net.Listener
	target   string // host:port
	relay    relay

	mu     sync.Mutex
	closed bool
	conns  map[net.Conn]bool
	active sync.WaitGroup
}

// listen opens the five ports of c, in the order of [channels]. From here on clients can connect; they wait until they
// are served.
func listen(c connection) ([]net.Listener, error) {
	var listeners []net.Listener
	for i, port := range c.ports() {
		network, address := c.address(port)
		listener, err := net.Listen(network, address)
		if err != nil {
			for _, open := range listeners {
				open.Close()
			}
			return nil, fmt.Errorf("the %s port that Jupyter chose is not free: %w", channels[i], err)
		}
		listeners = append(listeners, listener)
	}
	return listeners, nil
}

func newForwarder(listener net.Listener, target string, r relay) *forwarder {
	return &forwarder{listener: listener, target: target, relay: r, conns: map[net.Conn]bool{}}
}

// serve accepts clients until close is called.
func (f *forwarder) serve() {
	for {
		client, err := f.listener.Accept()
		if err != nil {
			return
		}
		f.active.Add(1)
		go func() {
			defer f.active.Done()
			defer client.Close()
			kernel, err := net.Dial("tcp", f.target)
			if err != nil {
				return // the kernel is gone, and with it soon the forwarder
			}
			defer kernel.Close()
			if !f.track(client, true) {
				return
			}
			defer f.track(client, false)
			f.relay(client, kernel)
		}()
	}
}

// track remembers or forgets a client; false means that the forwarder is closed.
func (f *forwarder) track(client net.Conn, open bool) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	if open {
		f.conns[client] = true
	} else {
		delete(f.conns, client)
	}
	return !f.closed
}

// drain stops accepting and returns a channel that closes when every client got what the kernel had sent it.
func (f *forwarder) drain() <-chan struct{} {
	f.listener.Close()
	done := make(chan struct{})
	go func() {
		f.active.Wait()
		close(done)
	}()
	return done
}

// close drops the clients that are still connected.
func (f *forwarder) close() {
	f.listener.Close()
	f.mu.Lock()
	defer f.mu.Unlock()
	f.closed = true
	for conn := range f.conns {
		conn.Close()
	}
}

// pipe is the plain relay: every byte, unchanged.
func pipe(client, kernel net.Conn) {
	go func() {
		io.Copy(kernel, client)
		kernel.Close() // the client left; this ends the other direction too
	}()
	io.Copy(client, kernel)
}

package distributed

import (
	"net"
	"strconv"
	"sync"
	"time"
)

// local is the server of a folder as this process reaches it: one of its own, or that of another process, whose end makes it look who
// serves the folder now, and serve it where nobody does.
type local struct {
	embedded Embedded
	looking  sync.WaitGroup

	mutex  sync.Mutex
	own    running
	at     address
	isBusy bool // with looking
	closed bool
}

func openLocal(e Embedded) (*local, error) {
	if e.Dir == "" {
		var err error
		if e.Dir, err = DefaultDir(); err != nil {
			return nil, err
		}
	}
	l := &local{embedded: e}
	var err error
	l.own, l.at, err = e.start()
	return l, err
}

// InProcessConn implements [nats.InProcessConnProvider]: the client asks for each connection anew.
func (l *local) InProcessConn() (net.Conn, error) {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	if l.closed {
		return nil, net.ErrClosed
	}
	if l.own.server != nil {
		return l.own.server.InProcessConn()
	}
	if a, err := readAddress(l.embedded.Dir); err == nil {
		l.at = a
	}
	if !l.isBusy {
		// Not here: the client holds its locks meanwhile, and to read a large queue takes seconds. And whether somebody answers at the
		// port or not: it may be another program's by now.
		l.isBusy = true
		l.looking.Go(l.look)
	}
	return net.DialTimeout("tcp", net.JoinHostPort("127.0.0.1", strconv.Itoa(l.at.Port)), time.Second)
}

func (l *local) look() {
	own, at, err := l.embedded.start()
	l.mutex.Lock()
	defer l.mutex.Unlock()
	l.isBusy = false
	if err == nil { // else the client asks again
		l.own, l.at = own, at
	}
}

func (l *local) token() string {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	return l.at.Token
}

func (l *local) url() string {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	return l.at.url()
}

func (l *local) here() bool {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	return l.own.server != nil
}

func (l *local) close() {
	l.mutex.Lock()
	l.closed = true
	l.mutex.Unlock()
	l.looking.Wait()
	l.own.stop()
}

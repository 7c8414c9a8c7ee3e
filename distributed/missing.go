package distributed

import (
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/nats-io/nats.go"
)

// untold is how long there may be no connection before it is told: a server that is started again takes less.
const untold = 2 * time.Second

// missing tells that a connection is missing.
type missing struct {
	told     func(line string) // nil: nothing is told
	what, at string            // the address without its secrets, and with them

	mutex  sync.Mutex
	since  *time.Timer // nil: it isn't missing
	isTold bool
	err    error // the latest reason
}

func (m *missing) begin(err error) {
	if m.told == nil {
		return
	}
	m.mutex.Lock()
	defer m.mutex.Unlock()
	m.err = err
	if m.since == nil {
		m.since = time.AfterFunc(untold, m.tell)
	}
}

func (m *missing) because(err error) {
	m.mutex.Lock()
	defer m.mutex.Unlock()
	m.err = err
}

func (m *missing) tell() {
	m.mutex.Lock()
	defer m.mutex.Unlock()
	if m.since == nil {
		return
	}
	m.isTold = true
	why := "no answer"
	switch {
	case errors.Is(m.err, nats.ErrNoServers): // NATS' client says so where it was refused
		why = "nobody listens there"
	case m.err != nil:
		why = withoutSecrets(m.err, m.at).Error()
	}
	m.told(fmt.Sprintf("no connection to %s: %s; still trying", m.what, why))
}

// found ends it with a connection.
func (m *missing) found() {
	m.mutex.Lock()
	defer m.mutex.Unlock()
	if m.isTold {
		m.told("connected to " + m.what)
	}
	m.forget()
}

// end ends it without one: nobody looks for it any more.
func (m *missing) end() {
	m.mutex.Lock()
	defer m.mutex.Unlock()
	m.forget()
}

func (m *missing) forget() {
	if m.since != nil {
		m.since.Stop()
	}
	m.since, m.isTold = nil, false
}

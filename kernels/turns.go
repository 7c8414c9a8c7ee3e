package kernels

import "sync"

// turns lets cells through to GoNB one by one: what becomes of a cell depends on what those before it have set, and a
// client may send many at once.
type turns struct {
	mu      sync.Mutex
	current turn // zero: GoNB has none
	waiting []turn
}

// turn is a cell of one client. send passes it on, and reports false where that failed.
type turn struct {
	id, client string
	send       func() bool
}

// ask sends a cell when those before it are done.
func (t *turns) ask(next turn) {
	t.mu.Lock()
	t.waiting = append(t.waiting, next)
	idle := t.current.send == nil
	t.mu.Unlock()
	if idle {
		t.next()
	}
}

// done tells that a cell was answered; the next one may go, once the caller has taken in the answer.
func (t *turns) done(id string) {
	t.mu.Lock()
	mine := t.current.send != nil && t.current.id == id
	if mine {
		t.current = turn{}
	}
	t.mu.Unlock()
	if mine {
		go t.next()
	}
}

// leave drops the cells of a client that is gone. GoNB may still execute one, but its answer will not be seen.
func (t *turns) leave(client string) {
	t.mu.Lock()
	kept := t.waiting[:0:0]
	for _, w := range t.waiting {
		if w.client != client {
			kept = append(kept, w)
		}
	}
	t.waiting = kept
	mine, id := t.current.client == client, t.current.id
	t.mu.Unlock()
	if mine {
		t.done(id)
	}
}

// next sends what has waited longest, unless another is under way.
func (t *turns) next() {
	for {
		t.mu.Lock()
		if t.current.send != nil || len(t.waiting) == 0 {
			t.mu.Unlock()
			return
		}
		next := t.waiting[0]
		t.current, t.waiting = next, t.waiting[1:]
		t.mu.Unlock()
		if next.send() {
			return
		}
		t.mu.Lock()
		t.current = turn{}
		t.mu.Unlock()
	}
}

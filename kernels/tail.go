package kernels

import "sync"

// tail is a writer that keeps the first half and the last half of its limit in bytes.
type tail struct {
	limit int

	mu          sync.Mutex
	first, last []byte
}

func (t *tail) Write(p []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	n := len(p)
	if room := t.limit/2 - len(t.first); room > 0 {
		room = min(room, len(p))
		t.first = append(t.first, p[:room]...)
		p = p[room:]
	}
	t.last = append(t.last, p...)
	if over := len(t.last) - t.limit/2; over > 0 {
		t.last = append(t.last[:0], t.last[over:]...)
	}
	return n, nil
}

// String returns what was kept.
func (t *tail) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return string(t.first) + string(t.last)
}

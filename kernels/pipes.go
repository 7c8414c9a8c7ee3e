package kernels

import (
	"io/fs"
	"os"
	"sync"
	"syscall"
	"time"
)

// pipes frees what GoNB leaves behind a cell whose program ends before GoNB has opened both named pipes to it, as short
// cells do on a busy machine: a pipe, and a thread that waits in open(2) for a partner that never comes. It was one cell
// in 200 under load; a program in Go ends when it has 10,000 threads.
type pipes struct {
	folder string // of the kernel; empty: nothing is done

	mu      sync.Mutex
	pending map[string]time.Time // when a cell was asked for, by the ID of its request
}

func (p *pipes) asked(request message) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.pending == nil {
		p.pending = map[string]time.Time{}
	}
	p.pending[request.Header.ID] = time.Now()
}

// answered frees the pipes that are older than the request of the reply. GoNB runs one cell after the other, so they
// belong to cells that have ended; those of the cells that wait behind this one are younger.
func (p *pipes) answered(reply message) {
	p.mu.Lock()
	id := reply.parentID()
	asked, ok := p.pending[id]
	delete(p.pending, id)
	p.mu.Unlock()
	if ok && p.folder != "" {
		go p.free(asked)
	}
}

func (p *pipes) free(before time.Time) {
	for _, path := range glob(p.folder, "gonb_pipe_*") {
		info, err := os.Lstat(path)
		if err != nil || info.Mode().Type() != fs.ModeNamedPipe || !info.ModTime().Before(before) {
			continue
		}
		// Opened for both ways it is the partner of whoever waits, and doesn't wait itself.
		if pipe, err := os.OpenFile(path, os.O_RDWR|syscall.O_NONBLOCK, 0); err == nil {
			pipe.Close()
		}
		os.Remove(path)
	}
}

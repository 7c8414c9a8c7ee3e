package distributed

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/gofrs/flock"
)

// present is the file by which a worker on the machine of its queue says what it is at, as long as it lives: it holds the file's lock, which
// ends with the process, however that ends. Who serves the queue gives back for those that are dead, so that nothing waits for a lease.
type present struct {
	lock *flock.Flock

	mutex  sync.Mutex
	file   *os.File
	length int // that was written
	at     map[*job]held
}

// held is a task that a worker has.
type held struct {
	Reply  string `json:"reply"` // to which it is given back
	Search string `json:"search"`
	ID     string `json:"id"`
	Back   bool   `json:"given_back"` // the worker ended in order, but could not say so
}

func presentDir(dir string) string { return filepath.Join(dir, "workers") }

// newPresent is that of a worker; nil, of which all methods do nothing, where it works for another machine's queue.
func (q *Queue) newPresent() (*present, error) {
	if q.local == nil {
		return nil, nil
	}
	dir := presentDir(q.local.embedded.Dir)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	for {
		p := &present{lock: flock.New(filepath.Join(dir, rand.Text())), at: map[*job]held{}}
		mine, err := p.lock.TryLock()
		if err != nil {
			return nil, err
		}
		if p.file, err = os.OpenFile(p.lock.Path(), os.O_WRONLY, 0); mine && err == nil {
			return p, nil
		}
		if err == nil {
			_ = p.file.Close()
		}
		_ = p.lock.Unlock() // somebody took it for a dead one's before it was locked
	}
}

func (p *present) set(j *job, back bool) {
	if p == nil {
		return
	}
	p.mutex.Lock()
	defer p.mutex.Unlock()
	p.at[j] = held{Reply: j.last().Reply(), Search: j.search, ID: j.id, Back: back}
	p.write()
}

func (p *present) forget(j *job) {
	if p == nil {
		return
	}
	p.mutex.Lock()
	defer p.mutex.Unlock()
	if !p.at[j].Back {
		delete(p.at, j) // the file may name it on: what is acknowledged can't be given back
	}
}

func (p *present) givenBack(j *job) {
	if p == nil {
		return
	}
	p.mutex.Lock()
	defer p.mutex.Unlock()
	delete(p.at, j)
	p.write()
}

// write overwrites the file in place, with spaces over what was longer, which costs less than a new one.
func (p *present) write() {
	all := make([]held, 0, len(p.at))
	for _, h := range p.at {
		all = append(all, h)
	}
	text, err := json.Marshal(all)
	if err != nil {
		return
	}
	n := len(text)
	text = append(text, bytes.Repeat([]byte(" "), max(0, p.length-n))...)
	p.length = n
	_, _ = p.file.WriteAt(text, 0) // without it a lease ends as it always did
}

func (p *present) end() {
	if p == nil {
		return
	}
	p.mutex.Lock()
	defer p.mutex.Unlock()
	if len(p.at) == 0 {
		_ = os.Remove(p.lock.Path()) // else it is removed as that of a dead one
	}
	_ = p.file.Close()
	_ = p.lock.Unlock() // the end of the process does it as well
}

// buryEvery is how often who serves a queue looks for dead workers.
const buryEvery = time.Second

// bury gives back what dead workers of this machine had, as long as this process serves the queue.
func (q *Queue) bury(ctx context.Context) {
	for pause(ctx, buryEvery) {
		if !q.Here() {
			continue
		}
		files, err := filepath.Glob(filepath.Join(presentDir(q.local.embedded.Dir), "*"))
		if err != nil {
			continue
		}
		for _, file := range files {
			lock := flock.New(file)
			if dead, err := lock.TryLock(); err == nil && dead {
				q.giveBackOf(ctx, file)
				_ = lock.Unlock()
			}
		}
	}
}

func (q *Queue) giveBackOf(ctx context.Context, file string) {
	var all []held
	text, err := os.ReadFile(file)
	if err == nil {
		err = json.Unmarshal(text, &all)
	}
	if err != nil {
		all = nil // it had nothing yet, or was cut off
	}
	for _, h := range all {
		if h.Back {
			q.note(ctx, h.Search+"."+h.ID, func(n *note) { n.GivenBack++ })
		}
		if err := q.conn.Publish(h.Reply, []byte("-NAK")); err != nil {
			return // the next look may get through
		}
	}
	ctx, done := context.WithTimeout(ctx, 2*time.Second)
	defer done()
	if err := q.conn.FlushWithContext(ctx); err == nil {
		_ = os.Remove(file) // else it is given back again
	}
}

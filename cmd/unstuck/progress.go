package main

import (
	"fmt"
	"io"
	"os"
	"sync"
	"time"

	"github.com/charmbracelet/x/ansi"

	"example.com/unstuck/pkg/doctor"
)

// progress tells what an examination is doing: in a terminal on one line that is kept up to date and then taken away, elsewhere a
// line for each step.
type progress struct {
	mutex sync.Mutex
	to    io.Writer
	width int // of the terminal; 0: it is none
	now   func() time.Time
	began time.Time
	last  doctor.Step
	stop  chan struct{}
	done  sync.WaitGroup
	once  sync.Once
}

func newProgress(to io.Writer) *progress {
	p := &progress{to: to, now: time.Now, began: time.Now(), stop: make(chan struct{})}
	if width, ok := terminalColumns(to); ok && os.Getenv("TERM") != "dumb" {
		p.width = width
		p.done.Go(p.tick)
	}
	return p
}

// untilFirst is what the line says before the first step.
const untilFirst = "reading the model and the data"

// tick keeps the time on the line up to date.
func (p *progress) tick() {
	ticker := time.NewTicker(time.Second)
	defer ticker.Stop()
	for {
		select {
		case <-ticker.C:
			p.mutex.Lock()
			p.show()
			p.mutex.Unlock()
		case <-p.stop:
			return
		}
	}
}

// step takes note of what comes next.
func (p *progress) step(s doctor.Step) {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	p.last = s
	if p.width == 0 {
		fmt.Fprintf(p.to, "… %s\n", p.line())
		return
	}
	p.show()
}

func (p *progress) show() {
	fmt.Fprint(p.to, "\r"+ansi.Truncate(p.line(), p.width-1, "…")+"\x1b[K")
}

// line is "trial 3 of about 12, 40 s, at most about 2 min more: what". In a terminal what trains nothing has its time, too, so that
// something moves every second.
func (p *progress) line() string {
	s := p.last
	if s.What == "" {
		s.What = untilFirst
	}
	if s.Trial == 0 {
		if p.width > 0 {
			return duration(p.now().Sub(p.began)) + ": " + s.What
		}
		return s.What
	}
	text := fmt.Sprintf("trial %d", s.Trial)
	if s.Of > 0 {
		text += fmt.Sprintf(" of about %d", s.Of)
	}
	text += ", " + duration(p.now().Sub(p.began))
	if s.Left >= time.Second {
		text += ", at most about " + duration(s.Left) + " more"
	}
	return text + ": " + s.What
}

func duration(d time.Duration) string {
	if d < 100*time.Second {
		return fmt.Sprintf("%.0f s", d.Seconds())
	}
	return fmt.Sprintf("%.0f min", d.Minutes())
}

// end takes the line away; once is enough.
func (p *progress) end() {
	p.once.Do(func() {
		close(p.stop)
		p.done.Wait()
		if p.width > 0 {
			fmt.Fprint(p.to, "\r\x1b[K")
		}
	})
}

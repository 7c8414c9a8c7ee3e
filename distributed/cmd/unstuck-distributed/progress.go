package main

import (
	"fmt"
	"io"
	"math"
	"os"
	"strings"
	"sync"
	"time"

	"golang.org/x/term"

	"example.com/unstuck/pkg/explore"
)

// progress tells how far a sweep is: in a terminal by a line and a table of the best that are kept up to date, elsewhere by a line now and then. Nil
// tells nothing.
type progress struct {
	mutex   sync.Mutex
	to      io.Writer
	live    *liveTable // nil outside a terminal
	monitor string
	highest bool
	trials  []explore.Trial
	began   time.Time
	last    time.Time // when something was told
	first   int       // trials that were there already
	best    explore.Trial
	some    bool
	done    int // of all, as it was told last
	all     int
	silent  int           // trainings that wait for the end of a lease
	lease   time.Duration // which is over then at the latest
}

func newProgress(to io.Writer, monitor string, highest bool) *progress {
	p := &progress{to: to, monitor: monitor, highest: highest, began: time.Now(), first: -1}
	if file, is := to.(*os.File); is && term.IsTerminal(int(file.Fd())) {
		p.live = &liveTable{to: to, size: func() (int, int, error) { return term.GetSize(int(file.Fd())) }}
	}
	return p
}

// every is how much lies between two lines outside a terminal.
const every = 2 * time.Second

// known are trials that were done before.
func (p *progress) known(trials []explore.Trial) {
	if p == nil {
		return
	}
	p.mutex.Lock()
	defer p.mutex.Unlock()
	for _, t := range trials {
		p.add(t)
	}
}

func (p *progress) add(t explore.Trial) {
	p.trials = append(p.trials, t)
	better := t.Score < p.best.Score
	if p.highest {
		better = t.Score > p.best.Score
	}
	if t.Err == "" && !math.IsNaN(t.Score) && (better || !p.some) {
		p.best, p.some = t, true
	}
}

func (p *progress) trial(done, all int, t explore.Trial) {
	if p == nil {
		return
	}
	p.mutex.Lock()
	defer p.mutex.Unlock()
	if p.first < 0 {
		p.first = done - 1
	}
	p.add(t)
	p.done, p.all = done, all
	if p.live != nil {
		p.draw(done == all)
		return
	}
	if time.Since(p.last) < every && done < all {
		return
	}
	p.last = time.Now()
	fmt.Fprintln(p.to, p.line(done, all))
}

func (p *progress) draw(last bool) {
	p.live.draw(last, func() string {
		return p.line(p.done, p.all) + "\n" + explore.TableOf(p.trials, p.monitor, p.highest).String()
	})
}

// waits tells how many trainings wait for the end of a lease, where that is another number than before.
func (p *progress) waits(n int, lease time.Duration) {
	if p == nil {
		return
	}
	p.mutex.Lock()
	defer p.mutex.Unlock()
	if n == p.silent {
		return
	}
	p.silent, p.lease = n, lease
	switch {
	case p.live != nil && p.all > 0:
		p.draw(true)
	case n > 0:
		fmt.Fprintln(p.to, strings.TrimPrefix(p.waiting(), "; "))
	}
}

func (p *progress) waiting() string {
	switch p.silent {
	case 0:
		return ""
	case 1:
		return fmt.Sprintf("; 1 training's worker is silent: it waits for the lease, %s at most", p.lease)
	}
	return fmt.Sprintf("; %d trainings' workers are silent: they wait for their leases, %s at most", p.silent, p.lease)
}

// line is "trial 34 of 100, about 20 s more; best 0.0123: learning rate 0.1, optimizer adam".
func (p *progress) line(done, all int) string {
	line := fmt.Sprintf("trial %d of %d", done, all)
	if now := done - p.first; now > 1 && done < all {
		left := time.Since(p.began) / time.Duration(now) * time.Duration(all-done)
		line += ", about " + left.Round(time.Second).String() + " more"
	}
	line += p.waiting()
	if p.some {
		line += fmt.Sprintf("; best %.4g: %s", p.best.Score, settingsText(p.best.Settings))
	}
	return line
}

func (p *progress) round(epochs int, t explore.Table) {
	if p == nil {
		return
	}
	p.end()
	p.mutex.Lock()
	defer p.mutex.Unlock()
	fmt.Fprintf(p.to, "after %d epochs of %d points\n", epochs, len(t.Rows))
	p.first, p.some, p.began, p.trials, p.all = -1, false, time.Now(), nil, 0
}

// end takes away what is shown: in its place the whole table is printed.
func (p *progress) end() {
	if p == nil {
		return
	}
	p.mutex.Lock()
	defer p.mutex.Unlock()
	if p.live != nil {
		p.live.clear()
	}
}

// Write tells what else there is to tell, above what is shown.
func (p *progress) Write(text []byte) (int, error) {
	if p == nil {
		return len(text), nil
	}
	p.mutex.Lock()
	defer p.mutex.Unlock()
	if p.live != nil {
		p.live.clear()
	}
	return p.to.Write(text)
}

func settingsText(settings []explore.Setting) string {
	parts := make([]string, len(settings))
	for i, s := range settings {
		parts[i] = s.Axis + " " + s.Label
	}
	return strings.Join(parts, ", ")
}

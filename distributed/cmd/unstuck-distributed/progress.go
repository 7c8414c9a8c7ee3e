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
	if p.live != nil {
		p.live.draw(done == all, func() string {
			return p.line(done, all) + "\n" + explore.TableOf(p.trials, p.monitor, p.highest).String()
		})
		return
	}
	if time.Since(p.last) < every && done < all {
		return
	}
	p.last = time.Now()
	fmt.Fprintln(p.to, p.line(done, all))
}

// line is "trial 34 of 100, about 20 s more; best 0.0123: learning rate 0.1, optimizer adam".
func (p *progress) line(done, all int) string {
	line := fmt.Sprintf("trial %d of %d", done, all)
	if now := done - p.first; now > 1 && done < all {
		left := time.Since(p.began) / time.Duration(now) * time.Duration(all-done)
		line += ", about " + left.Round(time.Second).String() + " more"
	}
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
	p.first, p.some, p.began, p.trials = -1, false, time.Now(), nil
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

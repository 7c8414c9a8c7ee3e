package main

import (
	"fmt"
	"io"
	"math"
	"os"
	"strings"
	"time"

	"golang.org/x/term"

	"example.com/unstuck/pkg/explore"
)

// progress tells how far a sweep is: in a terminal on one line that is kept up to date, elsewhere a line now and then. Nil tells nothing.
type progress struct {
	to       io.Writer
	terminal bool
	highest  bool
	began    time.Time
	last     time.Time // when something was told
	first    int       // trials that were there already
	best     explore.Trial
	some     bool
}

func newProgress(to io.Writer, highest bool) *progress {
	file, is := to.(*os.File)
	return &progress{to: to, terminal: is && term.IsTerminal(int(file.Fd())), highest: highest, began: time.Now(), first: -1}
}

// every is how much lies between two lines outside a terminal.
const every = 2 * time.Second

func (p *progress) trial(done, all int, t explore.Trial) {
	if p == nil {
		return
	}
	if p.first < 0 {
		p.first = done - 1
	}
	better := t.Score < p.best.Score
	if p.highest {
		better = t.Score > p.best.Score
	}
	if t.Err == "" && !math.IsNaN(t.Score) && (better || !p.some) {
		p.best, p.some = t, true
	}
	if !p.terminal && time.Since(p.last) < every && done < all {
		return
	}
	p.last = time.Now()
	line := p.line(done, all)
	if p.terminal {
		fmt.Fprint(p.to, "\r"+line+"\x1b[K")
		return
	}
	fmt.Fprintln(p.to, line)
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
	fmt.Fprintf(p.to, "after %d epochs of %d points\n", epochs, len(t.Rows))
	p.first, p.some, p.began = -1, false, time.Now()
}

// end leaves the line behind.
func (p *progress) end() {
	if p != nil && p.terminal {
		fmt.Fprintln(p.to)
	}
}

func settingsText(settings []explore.Setting) string {
	parts := make([]string, len(settings))
	for i, s := range settings {
		parts[i] = s.Axis + " " + s.Label
	}
	return strings.Join(parts, ", ")
}

package notebook

import (
	"fmt"
	"sync"
	"time"

	"example.com/unstuck/pkg/figure"
)

// Progress shows how a training comes along. In a notebook one output is
// updated in place: a bar, the loss, the time left, and below it the figure if
// there is one; the last state stays in the saved notebook. In a terminal it is
// a progress bar; when the output is not a terminal, one line for each epoch.
//
//	p := notebook.Progress{Title: "Adam 1e-3"}
//	p.Begin(notebook.State{Epochs: 10, Steps: 32})
//	… p.Update(state) after every step …
//	p.End(last)
//
// Updates may come from any goroutine and as often as they like: more than one
// within Every is not shown, except the end of an epoch where each has a line.
// Errors say that nothing could be shown; they are no reason to stop training.
type Progress struct {
	Title   string
	Display Display       // nil: Default
	Every   time.Duration // least time between two updates; default 200 ms
	// Figure, when not nil, is asked for a picture of the state so far, at
	// most once within FigureEvery. It may return nil: nothing to draw yet.
	Figure      func() figure.Figure
	FigureEvery time.Duration // default 500 ms

	mu     sync.Mutex
	target progressTarget
	view   View
	shown  time.Time
	drawn  time.Time
	last   State
}

// progressTarget is where progress is shown.
type progressTarget interface {
	begin(title string, s State) error
	// update shows s; now is false when the last update was a moment ago.
	update(s State, now bool) error
	end(s State) error
}

// Begin shows the state before the first step; of s, Epochs and Steps count.
func (p *Progress) Begin(s State) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.start()
	p.shown, p.drawn, p.last = time.Time{}, time.Now(), s
	return p.target.begin(p.Title, s)
}

// Update shows s unless the last update was a moment ago.
func (p *Progress) Update(s State) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.start()
	p.last = s
	now := time.Since(p.shown) >= or(p.Every, 200*time.Millisecond)
	if now {
		p.shown = time.Now()
	}
	err := p.target.update(s, now)
	if p.Figure != nil && time.Since(p.drawn) >= or(p.FigureEvery, 500*time.Millisecond) {
		if fig := p.Figure(); fig != nil {
			if drawErr := p.view.Update(fig); err == nil {
				err = drawErr
			}
		}
		p.drawn = time.Now()
	}
	return err
}

// End shows the last state and the final figure. A state with less epochs than
// announced says that the training was stopped. A zero State stands for the
// last one that Update was given.
func (p *Progress) End(s State) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.start()
	if s.Epoch == 0 && s.Epochs == 0 {
		s = p.last
	}
	err := p.target.end(s)
	if p.Figure != nil {
		if fig := p.Figure(); fig != nil {
			if drawErr := p.view.Final(fig); err == nil {
				err = drawErr
			}
		}
	}
	p.target, p.view = nil, View{}
	return err
}

// start chooses the target at the first call.
func (p *Progress) start() {
	if p.target != nil {
		return
	}
	d := p.Display
	if d == nil {
		d = Default()
	}
	p.view = View{Display: d}
	switch t, ok := d.(Terminal); {
	case isLive(d):
		p.target = &liveProgress{display: d, id: newID()}
	case ok && isTerminal(t.out()):
		p.target = &barProgress{out: t.out()}
	case ok:
		p.target = &lineProgress{out: t.out()}
	default:
		p.target = &liveProgress{display: d, onlyEnd: true}
	}
}

func or(d, fallback time.Duration) time.Duration {
	if d <= 0 {
		return fallback
	}
	return d
}

func titled(title, text string) string {
	if title == "" {
		return text
	}
	return fmt.Sprintf("%s: %s", title, text)
}

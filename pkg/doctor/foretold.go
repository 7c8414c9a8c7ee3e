package doctor

import (
	"fmt"
	"time"

	"example.com/unstuck/pkg/fit"
)

// noticed is how long a run must take to be worth announcing how long it, and the others, will.
const noticed = 5 * time.Second

// foretold says how long a run takes, once, as soon as its first seconds show that people will wait for it.
type foretold struct {
	tell func(run time.Duration)

	first float64 // the share that was done when the clock began: behind the first steps, which take a compilation along
	began time.Time
	told  bool
}

// listenFor is how long a run is watched before it is told how long it takes.
const listenFor = 2 * time.Second

// Tick implements [fit.Ticker].
func (f *foretold) Tick(r *fit.Run) error {
	done := (float64(r.Epoch) + float64(r.Step)/float64(r.Steps)) / float64(r.Epochs)
	if f.began.IsZero() {
		f.first, f.began = done, time.Now()
		return nil
	}
	since := time.Since(f.began)
	if f.told || since < listenFor || done <= f.first {
		return nil
	}
	f.told = true
	if whole := time.Duration(float64(since) / (done - f.first)); whole > noticed {
		f.tell(whole)
	}
	return nil
}

// foretell tells of the run that goes on.
func (e *examination) foretell(run time.Duration) {
	e.teller.tell(Step{What: fmt.Sprintf("a run of this training takes about %s; if it is stuck some ten changes of it are tried, %s", roughly(run), e.atOnce())})
}

// atOnce says how many of them run side by side.
func (e *examination) atOnce() string {
	if n := e.early.most + 1; n > 1 {
		return fmt.Sprintf("%d at once", n)
	}
	return "one after the other"
}

// roughly is a time as somebody who waits for it wants to know it.
func roughly(d time.Duration) string {
	if d < 100*time.Second {
		return fmt.Sprintf("%.0f s", d.Seconds())
	}
	return fmt.Sprintf("%.0f min", d.Minutes())
}

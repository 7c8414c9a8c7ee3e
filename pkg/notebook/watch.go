package notebook

import (
	"fmt"
	"math"
	"time"

	"example.com/unstuck/pkg/figure"
	"example.com/unstuck/pkg/fit"
)

// Watch returns a callback that shows a training while it runs: progress, the time left, and the loss of
// the epochs so far. It doesn't slow a fused training down: it looks between executions only, a few times
// a second. One Watch is for one Fit at a time.
//
//	m.Fit(ctx, data, fit.Config{Epochs: 100, Callbacks: []fit.Callback{notebook.Watch("Adam, 1e-3")}})
//
// A loss that is NaN or infinite ends the training at the next look, unless KeepGoing is set: weights that are NaN stay so. A line
// says since which step and what to try, and is the reason in History.Stopped, too.
//
// When the training ends, or is interrupted, the final picture stays in the notebook. In a script it is a
// progress bar, or one line for each epoch where the output is not a terminal.
func Watch(title string) *Watcher { return &Watcher{title: title} }

// Watcher is what [Watch] returns: a fit.Beginner, fit.Ticker and fit.Ender.
type Watcher struct {
	Display   Display // nil: Default
	KeepGoing bool    // with a loss that is no number

	title    string
	progress *Progress
	began    time.Time
	history  *fit.History
	told     int // epochs that were shown
	looked   int // steps whose losses were looked at
	diverged string
}

// Begin implements fit.Beginner.
func (w *Watcher) Begin(r *fit.Run) error {
	w.began, w.history, w.told = time.Now(), r.History, len(r.History.Epochs)
	w.looked, w.diverged = len(r.History.Steps), ""
	watched.Store(r.History)
	w.progress = &Progress{Title: w.title, Display: w.Display, Figure: w.figure}
	_ = w.progress.Begin(State{Epochs: r.Epochs, Steps: r.Steps}) // a training goes on unseen
	return nil
}

// Tick implements fit.Ticker. Several epochs may have gone by since the last one.
func (w *Watcher) Tick(r *fit.Run) error {
	for ; w.told < len(r.History.Epochs); w.told++ {
		_ = w.progress.Update(w.after(r, w.told))
	}
	if r.Step > 0 {
		_ = w.progress.Update(w.within(r))
	}
	return w.look(r)
}

// look ends a training whose loss is no number any more.
func (w *Watcher) look(r *fit.Run) error {
	for steps := r.History.Steps; w.looked < len(steps) && w.diverged == ""; w.looked++ {
		if loss := float64(steps[w.looked]); !isNumber(loss) && !isNumber(r.LastLoss()) {
			w.diverged = divergence(loss, fmt.Sprintf("step %d", w.looked+1), r.LearningRate())
			if !w.KeepGoing {
				return fmt.Errorf("%s: %w", w.diverged, fit.Stop)
			}
		}
	}
	return nil
}

// End implements fit.Ender.
func (w *Watcher) End(r *fit.Run) error {
	last := w.within(r)
	if n := len(r.History.Epochs); r.Step == 0 && n > 0 {
		last = w.after(r, n-1)
	}
	_ = w.progress.End(last)
	_ = w.look(r) // a short training may never have been looked at
	if w.diverged != "" {
		d := w.Display
		if d == nil {
			d = Default()
		}
		_ = d.Show(Bundle{Data: map[string][]byte{Plain: []byte(w.diverged)}})
	}
	return nil
}

// after is the state at the end of the epoch with that index in the History.
func (w *Watcher) after(r *fit.Run, index int) State {
	e := r.History.Epochs[index]
	done := r.Epoch - len(r.History.Epochs) + index + 1
	s := State{Epoch: done, Epochs: r.Epochs, Step: r.Steps, Steps: r.Steps, Loss: e.Loss, Elapsed: time.Since(w.began)}
	if e.Validation != nil {
		s.Values = []Value{{Name: "validation loss", Value: e.Validation.Loss}}
	}
	return s
}

// within is the state in the middle of an epoch.
func (w *Watcher) within(r *fit.Run) State {
	return State{Epoch: r.Epoch + 1, Epochs: r.Epochs, Step: r.Step, Steps: r.Steps, Loss: r.LastLoss(), Elapsed: time.Since(w.began)}
}

// figure is the loss so far; nil before the second epoch, when there is no curve yet.
func (w *Watcher) figure() figure.Figure {
	train := w.history.Loss()
	if len(train) < 2 {
		return nil
	}
	return figure.LossCurves{
		Title: w.title,
		LogY:  spansDecades(train),
		Runs:  []figure.Run{{Name: "loss", Train: train, Validation: w.history.ValidationLoss()}},
	}
}

// spansDecades tells whether positive values differ so much that a linear axis would hide most of them.
func spansDecades(values []float64) bool {
	low, high := math.Inf(1), 0.0
	for _, v := range values {
		if v > 0 && !math.IsInf(v, 0) {
			low, high = min(low, v), max(high, v)
		}
	}
	return high > 20*low
}

package notebook

import (
	"maps"
	"sync"
)

// Recorder is a [Display] for tests: it keeps what it is shown. Its zero value
// is ready, and pretends to be a notebook.
type Recorder struct {
	mu    sync.Mutex
	shown []Bundle
}

// Live implements [Live].
func (r *Recorder) Live() bool { return true }

// Show implements [Display].
func (r *Recorder) Show(b Bundle) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	b.Data = maps.Clone(b.Data)
	r.shown = append(r.shown, b)
	return nil
}

// Shown returns every bundle in the order shown.
func (r *Recorder) Shown() []Bundle {
	r.mu.Lock()
	defer r.mu.Unlock()
	return append([]Bundle(nil), r.shown...)
}

// Visible returns what a reader sees in the end: a bundle whose ID was shown
// before has taken the place of the earlier one.
func (r *Recorder) Visible() []Bundle {
	var out []Bundle
	place := make(map[string]int)
	for _, b := range r.Shown() {
		if at, seen := place[b.ID]; seen && b.ID != "" {
			out[at] = b
			continue
		}
		place[b.ID] = len(out)
		out = append(out, b)
	}
	return out
}

package sweep

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"path/filepath"
	"slices"
	"sync/atomic"

	"example.com/unstuck/pkg/explore"
)

// Name is that of the sweep at a queue: a hash of where its file lies, so that the same file finds what was done.
func (p Plan) Name() string {
	path, err := filepath.Abs(p.Path)
	if err != nil {
		path = p.Path
	}
	sum := sha256.Sum256([]byte(path))
	return "sweep-" + hex.EncodeToString(sum[:8])
}

// Options say how a sweep is run.
type Options struct {
	Runner   explore.Runner // nil: this program trains
	Journal  string         // the file that keeps trials, see [explore.SearchOptions]
	Progress func(done, all int, t explore.Trial)
	Known    func(trials []explore.Trial)      // is called with what the journal has of the sweep, or of a round of halving
	Round    func(epochs int, t explore.Table) // of halving
}

var errEnough = errors.New("a trial reached what is enough")

// Run tries everything, and returns the table, best first; enough tells that it ended because a trial reached the goal.
func (p Plan) Run(ctx context.Context, o Options) (table explore.Table, enough bool, err error) {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	var reached atomic.Bool
	ask := func(trials ...explore.Trial) {
		if slices.ContainsFunc(trials, p.File.Goal.met) {
			reached.Store(true)
			cancel(errEnough)
		}
	}
	search := explore.SearchOptions{
		Runner: o.Runner, Seeds: p.File.Seeds, Monitor: p.File.Goal.Monitor, Highest: p.File.Goal.Highest, File: o.Journal,
		Known: func(trials []explore.Trial) {
			if o.Known != nil {
				o.Known(trials)
			}
			ask(trials...) // ahead of what an earlier run had no time for
		},
		Progress: func(done, all int, t explore.Trial) {
			if o.Progress != nil {
				o.Progress(done, all, t)
			}
			ask(t)
		},
	}
	if h := p.File.Search.Halving; h != nil {
		table, err = explore.Halve(ctx, p.Training, p.Points, explore.HalvingOptions{Search: search, First: h.First, Factor: h.Factor, Round: o.Round})
	} else {
		table, err = explore.Search(ctx, p.Training, p.Points, search)
	}
	if reached.Load() {
		return table, true, nil
	}
	return table, false, err
}

// met reports whether a trial is good enough.
func (g Goal) met(t explore.Trial) bool {
	switch {
	case g.Enough == nil || t.Err != "":
		return false
	case g.Highest:
		return t.Score >= *g.Enough
	}
	return t.Score <= *g.Enough
}

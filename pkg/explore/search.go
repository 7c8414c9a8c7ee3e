package explore

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"sync"

	"example.com/unstuck/pkg/training"
)

// SearchOptions say how [Search] goes about it. The zero value trains each point once, with the training's seed,
// as many at a time as there are cores, and keeps nothing on disk.
type SearchOptions struct {
	Run      Run                          // how each is trained
	Seeds    []int64                      // every point is trained with each; empty: the training's own
	Workers  int                          // trainings at a time; 0: one for each core, see runtime.GOMAXPROCS
	Monitor  string                       // as in fit.Epoch.Value; empty: "val_loss", or "loss" without validation data
	Highest  bool                         // high scores are the good ones, as for "accuracy"
	File     string                       // JSON Lines, a line for each trial; a search goes on where the file ends; empty: none. It is read into memory as a whole
	OneByOne bool                         // trains each alone, even where many can be one program; for comparison
	Runner   Runner                       // trains in place of this program, each alone and without Callbacks; Workers then play no part. nil: this program does
	Progress func(done, all int, t Trial) // is called after each trial, one at a time; nil: nothing
	Done     func(t Table)                // is called once with what Search returns, also when it was broken off, unless it could not begin; nil: nothing
	Known    func(trials []Trial)         // is called once, ahead of the first training, with what File has of this search; nil: nothing
}

// Search trains t at every point and returns what came of it, best first. Trainings run in parallel,
// each with a model of its own; those that differ in learning rate, seed or clip value share one
// compiled program. Where many of them do and the model is small, they even run together, see [fit.Together], as far as memory
// allows: their numbers are those of trainings one by one but for rounding, and they end at the same time.
//
// A training that diverges or fails is a result like any other. When ctx is cancelled, the trials done so
// far are returned with its error.
//
// With a File, each trial is appended to it as it ends, and trials that it already has, of the same training,
// point, seed and monitor, are not trained again, but for those that failed. Trainings are compared by content;
// of functions, such as an nn.Func, only the name is compared, and of an axis' value only the label: take
// another file when they come to mean something else. One search at a time may write to a file.
//
// Errors: an invalid training or option, two points alike, a file that can't be read or written.
func Search(ctx context.Context, t training.Training, points []Point, o SearchOptions) (Table, error) {
	s, err := newSearch(t, points, o)
	if err != nil {
		return Table{}, fmt.Errorf("explore: search: %w", err)
	}
	defer s.journal.close()
	if o.Known != nil && len(s.trials) > 0 {
		o.Known(slices.Clone(s.trials))
	}
	err = s.do(ctx)
	table := s.table()
	if o.Done != nil {
		o.Done(table)
	}
	if err != nil {
		return table, fmt.Errorf("explore: search: %w", err)
	}
	return table, nil
}

// search is one call of Search.
type search struct {
	training training.Training
	run      Run
	points   []Point
	options  SearchOptions
	journal  *journal
	jobs     []job // still to be done
	all      int
	trials   []Trial
}

// job is one training to be done.
type job struct {
	point    int
	settings []Setting
	seed     int64
	own      bool // the training's seed at that point counts
}

func (j job) seedOf(t training.Training) int64 {
	if j.own {
		return t.Seed
	}
	return j.seed
}

func newSearch(t training.Training, points []Point, o SearchOptions) (*search, error) {
	if o.Workers < 0 {
		return nil, fmt.Errorf("%d workers: must be positive", o.Workers)
	}
	o.Workers = or(o.Workers, runtime.GOMAXPROCS(0))
	if o.Monitor == "" {
		o.Monitor = "loss"
		if t.Validated() {
			o.Monitor = "val_loss"
		}
	}
	if len(points) == 0 {
		return nil, errors.New("there are no points: make them with Space.Grid or Space.Random")
	}
	for i, seed := range o.Seeds {
		if slices.Contains(o.Seeds[:i], seed) {
			return nil, fmt.Errorf("seed %d is there twice", seed)
		}
	}
	if err := o.Run.check(t); err != nil {
		return nil, err
	}
	run := o.Run
	if o.Runner == nil {
		var err error
		if run, err = o.Run.opened(); err != nil {
			return nil, err
		}
	}
	var err error
	s := &search{training: t, run: run, points: points, options: o}
	if s.journal, err = openJournal(o.File, t, run, o.Monitor); err != nil {
		return nil, err
	}
	return s, s.list()
}

// list takes the trials that the file has, and lists the others as jobs.
func (s *search) list() error {
	seen := map[string]bool{}
	for i, p := range s.points {
		settings := p.Settings()
		key := keyOf(settings)
		if seen[key] {
			return fmt.Errorf("point %d is there twice: %s", i, key)
		}
		seen[key] = true
		jobs := []job{{point: i, settings: settings, seed: s.training.Seed, own: true}}
		if len(s.options.Seeds) > 0 {
			jobs = nil
			for _, seed := range s.options.Seeds {
				jobs = append(jobs, job{point: i, settings: settings, seed: seed})
			}
		}
		s.all += len(jobs)
		for _, j := range jobs {
			if t, ok := s.journal.find(j); ok {
				s.trials = append(s.trials, t)
			} else {
				s.jobs = append(s.jobs, j)
			}
		}
	}
	return nil
}

// do does the jobs, several at a time, and takes their results one by one.
func (s *search) do(ctx context.Context) error {
	if s.options.Runner != nil {
		return s.doElsewhere(ctx)
	}
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	bundles, jobs, results := s.bundles(), make(chan bundle), make(chan Trial)
	var workers sync.WaitGroup
	for range min(s.options.Workers, len(bundles)) {
		workers.Go(func() {
			for b := range jobs {
				trials, err := s.tryTogether(ctx, b)
				for _, t := range trials {
					results <- t
				}
				if err != nil {
					return
				}
			}
		})
	}
	go func() {
		defer close(jobs)
		for _, b := range bundles {
			select {
			case jobs <- b:
			case <-ctx.Done():
				return
			}
		}
	}()
	go func() {
		workers.Wait()
		close(results)
	}()
	for t := range results {
		s.take(t, cancel)
	}
	return context.Cause(ctx)
}

// take keeps a trial and tells of it.
func (s *search) take(t Trial, cancel context.CancelCauseFunc) {
	s.trials = append(s.trials, t)
	if err := s.journal.append(t); err != nil {
		cancel(err) // what was found is not lost for the caller, but for the next search
	}
	if s.options.Progress != nil {
		s.options.Progress(len(s.trials), s.all, t)
	}
}

// table sorts the trials by point and seed, and the points by their median.
func (s *search) table() Table {
	slices.SortFunc(s.trials, func(a, b Trial) int {
		if a.Point != b.Point {
			return a.Point - b.Point
		}
		return slices.Index(s.options.Seeds, a.Seed) - slices.Index(s.options.Seeds, b.Seed)
	})
	return newTable(s.trials, s.options.Monitor, s.options.Highest)
}

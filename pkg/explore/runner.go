package explore

import (
	"context"
	"errors"
	"fmt"
	"time"

	"example.com/unstuck/pkg/fit"
	"example.com/unstuck/pkg/training"
)

// Runner runs trainings somewhere else than in this program: those of package example.com/unstuck/distributed on other machines.
type Runner interface {
	// Run trains each of the trainings on its own and tells what came of it, in whatever order, each once, from one goroutine at a
	// time. An outcome's error is the training's; the error of Run is of all that weren't told of, ctx's among them.
	Run(ctx context.Context, all []training.Training, how Run, told func(Outcome)) error
}

// Outcome is what came of a training that a [Runner] ran.
type Outcome struct {
	Index   int          // of the training, among those that Run was given
	History *fit.History // nil with an Err
	Err     error
	Took    time.Duration
}

// doElsewhere has the runner do the jobs, and takes their results one by one.
func (s *search) doElsewhere(ctx context.Context) error {
	var jobs []job
	var all []training.Training
	var took []Trial // what can't be trained at all
	for _, j := range s.jobs {
		t, err := s.prepared(j)
		if err == nil && len(s.points[j.point].Callbacks(t)) > 0 {
			err = errors.New("its callbacks are functions of this program, which another can't call: train it without a Runner")
		}
		if err != nil {
			took = append(took, s.trial(j, nil, err))
			continue
		}
		jobs, all = append(jobs, j), append(all, t)
	}
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	for _, t := range took {
		s.take(t, cancel)
	}
	if len(all) == 0 {
		return context.Cause(ctx)
	}
	told := make([]bool, len(all))
	err := s.options.Runner.Run(ctx, all, s.run, func(o Outcome) {
		if o.Index < 0 || o.Index >= len(all) || told[o.Index] {
			cancel(fmt.Errorf("the runner told of training %d of %d twice, or there is none", o.Index, len(all)))
			return
		}
		told[o.Index] = true
		t := s.trial(jobs[o.Index], o.History, o.Err)
		t.Duration = o.Took
		s.take(t, cancel)
	})
	if cause := context.Cause(ctx); cause != nil {
		return cause
	}
	return err
}

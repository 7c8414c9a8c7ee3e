package explore

import (
	"context"
	"errors"
	"fmt"
	"time"

	"example.com/unstuck/pkg/fit"
	"example.com/unstuck/pkg/fit/run"
	"example.com/unstuck/pkg/training"
)

// fewestTogether is how many trainings are worth a program of their own for all of them.
const fewestTogether = 8

// bundle is jobs whose trainings can be one program; a single one is trained alone.
type bundle struct {
	jobs  []job
	width int    // of the program: that of the bundle's siblings
	alone string // why these are trained one by one though there are many; empty: for no reason but their number
}

// family is jobs that differ in numbers alone.
type family struct {
	first fit.Member
	jobs  []job
	alone string
}

// bundles puts jobs together that can be one program, in parts of one size, enough of them for all workers.
func (s *search) bundles() []bundle {
	var all []bundle
	for _, f := range s.families() {
		parts := s.parts(f)
		if parts == 0 {
			for _, j := range f.jobs {
				all = append(all, bundle{jobs: []job{j}, alone: f.alone})
			}
			continue
		}
		width := (len(f.jobs) + parts - 1) / parts
		for from := 0; from < len(f.jobs); from += width {
			all = append(all, bundle{jobs: f.jobs[from:min(from+width, len(f.jobs))], width: width})
		}
	}
	return all
}

// parts is in how many parts a family runs together; 0: it runs one by one.
func (s *search) parts(f *family) int {
	n := len(f.jobs)
	if f.alone != "" || n < fewestTogether {
		return 0
	}
	t, err := s.prepared(f.jobs[0])
	if err != nil {
		return 0
	}
	b, err := s.run.member(t, noCallbacks)
	if err != nil { // which the trials will say
		return 0
	}
	best, err := b.Model.BestTogether()
	if err != nil {
		return 0
	}
	if best == 0 {
		f.alone = "models of this size are as fast one by one"
		return 0
	}
	parts := (n + best - 1) / best
	if b.Model.OwnMemory() { // which does one program after the other
		return parts
	}
	return max(parts, min(s.options.Workers, n/fewestTogether))
}

func (s *search) families() []*family {
	var all []*family
	if s.options.OneByOne {
		return append(all, &family{jobs: s.jobs, alone: "one by one was asked for"})
	}
next:
	for _, j := range s.jobs {
		t, err := s.prepared(j)
		if err != nil { // which its trial will say
			all = append(all, &family{jobs: []job{j}})
			continue
		}
		member, err := s.run.sketch(t)
		if err != nil {
			all = append(all, &family{jobs: []job{j}})
			continue
		}
		for _, f := range all {
			if f.first.Model != nil && fit.Apart(f.first, member) == nil {
				f.jobs = append(f.jobs, j)
				continue next
			}
		}
		f := &family{first: member, jobs: []job{j}}
		if err := fit.Apart(member, member); err != nil {
			f.alone = err.Error()
		}
		all = append(all, f)
	}
	return all
}

// tryTogether trains a bundle as one program, or where that can't be done its jobs one after the other. The error is ctx's alone.
func (s *search) tryTogether(ctx context.Context, b bundle) (trials []Trial, err error) {
	if len(b.jobs) > 1 {
		trials, err = s.together(ctx, b)
		var apart *fit.ApartError
		if !errors.As(err, &apart) {
			return trials, err
		}
		b.alone = apart.Reason
	}
	for _, j := range b.jobs {
		t, err := s.try(ctx, j)
		if err != nil {
			return trials, err
		}
		t.Alone = b.alone
		trials = append(trials, t)
	}
	return trials, nil
}

// together trains a bundle as one program.
func (s *search) together(ctx context.Context, b bundle) ([]Trial, error) {
	began := time.Now()
	members := make([]fit.Member, len(b.jobs))
	for i, j := range b.jobs {
		t, err := s.prepared(j)
		if err == nil {
			members[i], err = s.run.member(t, s.points[j.point].Callbacks)
		}
		if err != nil { // one that is different each time that it is asked
			return nil, &fit.ApartError{Reason: err.Error(), Err: err}
		}
	}
	outcomes, err := fit.Together(ctx, members, b.width)
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	if err != nil {
		return nil, &fit.ApartError{Reason: err.Error(), Err: err}
	}
	trials := make([]Trial, len(b.jobs))
	for i, j := range b.jobs {
		trials[i] = s.trial(j, outcomes[i].History, outcomes[i].Err)
		trials[i].Together = len(b.jobs)
		trials[i].Duration = time.Since(began) / time.Duration(len(b.jobs))
	}
	return trials, nil
}

// prepared is the training of a job. It doesn't panic, whatever a value's Apply does.
func (s *search) prepared(j job) (t training.Training, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v", p)
		}
	}()
	if t, err = s.points[j.point].Apply(s.training); err != nil {
		return t, err
	}
	t.Seed = j.seedOf(t)
	return t, s.run.check(t)
}

// sketch is a training as [fit.Together] takes it, without weights and callbacks: for a look at what it is.
func (r Run) sketch(t training.Training) (b fit.Member, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v", p)
		}
	}()
	b.Model, err = run.Compile(t, r.Fit)
	b.Data, b.Config = t.TrainData(), run.Config(t)
	b.Config.AllowNonFinite = r.AllowNonFinite
	return b, err
}

func noCallbacks(training.Training) []fit.Callback { return nil }

// member is a training as [fit.Together] takes it, with callbacks of its own behind those of the run. It doesn't panic, whatever
// those that make callbacks do.
func (r Run) member(t training.Training, callbacks func(training.Training) []fit.Callback) (b fit.Member, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v", p)
		}
	}()
	b.Model, err = run.New(t, r.Fit)
	b.Data, b.Config = t.TrainData(), run.Config(t)
	if r.Callbacks != nil {
		b.Config.Callbacks = append(b.Config.Callbacks, r.Callbacks()...)
	}
	b.Config.Callbacks = append(b.Config.Callbacks, callbacks(t)...)
	b.Config.AllowNonFinite = r.AllowNonFinite
	return b, err
}

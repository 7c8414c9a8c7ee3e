package distributed

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"example.com/unstuck/pkg/doctor"
	"example.com/unstuck/pkg/doctor/report"
	"example.com/unstuck/pkg/exchange/wire"
	"example.com/unstuck/pkg/fit"
	"example.com/unstuck/pkg/fit/run"
	"example.com/unstuck/pkg/training"
)

// Examined is what came of an examination by a worker.
type Examined struct {
	Index   int             // of the training, among those given
	Report  json.RawMessage // as a [doctor.Report] is written as JSON
	Text    string          // as unstuck diagnose prints it
	Verdict string          // one line
	Cause   doctor.Cause
	Err     error // why there is none
	Took    time.Duration
}

// Examine has the queue's workers examine trainings as [doctor.Examine] does, each on one worker, and tells what came of each once, from one
// goroutine at a time. What holds of a [Queue.Runner] holds here: the same training is not examined twice under one name.
func (q *Queue) Examine(ctx context.Context, all []training.Training, o RunnerOptions, told func(Examined)) error {
	return leaveTelling(ctx, told, func(told func(Examined)) error { return q.examine(ctx, all, o, told) })
}

func (q *Queue) examine(ctx context.Context, all []training.Training, o RunnerOptions, told func(Examined)) error {
	e := &wire.Encoder{Put: func(sum string, content []byte) error { return q.setAside(ctx, sum, content) }}
	s, err := newSubmission(q, o)
	if err != nil {
		return err
	}
	for i, t := range all {
		text, err := e.Training(t)
		if err == nil {
			text, err = json.Marshal(task{Version: version, Kind: kindExamine, Training: text})
		}
		switch {
		case ctx.Err() != nil:
			return context.Cause(ctx)
		case err != nil:
			told(Examined{Index: i, Err: err})
		default:
			s.add(i, text)
		}
	}
	return s.run(ctx, func(i int, r result) error {
		told(r.examined(i))
		return nil
	})
}

func (r result) examined(index int) Examined {
	e := Examined{Index: index, Report: r.Report, Text: r.Text, Verdict: r.Verdict, Cause: doctor.Cause(r.Cause), Took: r.Took}
	if r.Err != "" {
		e.Err = errors.New(r.Err)
	}
	return e
}

// examine does a task that is an examination.
func (w *worker) examine(ctx context.Context, t task) (result, error) {
	read, err := w.trainingOf(ctx, t)
	if err != nil {
		return result{}, err
	}
	// One training at a time: other tasks have the other cores.
	options := doctor.Options{Backend: w.examineOn, SideBySide: 1}
	r, err := examined(ctx, read, options)
	switch {
	case ctx.Err() != nil:
		return result{}, context.Cause(ctx)
	case err != nil:
		return result{Err: err.Error()}, nil
	}
	text, err := json.Marshal(r)
	return result{Report: text, Text: report.Terminal(r, report.TerminalOptions{}), Verdict: r.Verdict(), Cause: string(r.Cause)}, err
}

func examined(ctx context.Context, t training.Training, o doctor.Options) (*doctor.Report, error) {
	if err := doctor.CheckTraining(t, o.Memory); err != nil {
		return nil, err
	}
	if err := run.CheckStart(ctx, t, fit.Options{Backend: o.Backend}); err != nil {
		return nil, err
	}
	return doctor.Examine(ctx, t, o)
}

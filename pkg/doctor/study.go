package doctor

import (
	"sync"

	"example.com/unstuck/pkg/training"
)

// study is what is asked of a training beside a whole run of it; each is done once.
type study struct {
	gauges func() (*Gauges, error)
	judges func(output string) (judged, error)
}

// judged is what judges say of an output.
type judged struct {
	table  table
	signal Signal
	bar    bar
}

// study of the training as given. Where trainings run side by side the answers are sought while it runs, and what they make
// suspect is tried beside it: a training that is stuck is mostly stuck for a reason that data and first steps show.
func (e *examination) study() study {
	p := e.patient
	c, look := p.Training, p.Look
	only := sync.OnceValues(func() (judged, error) { return e.judge(look, "") })
	s := study{
		gauges: sync.OnceValues(func() (*Gauges, error) { return e.runner.gauge(e.ctx, c) }),
		judges: func(output string) (judged, error) {
			if output == "" {
				return only()
			}
			return e.judge(look, output)
		},
	}
	if e.early.most == 0 {
		return s
	}
	given := expected{name: asGiven, make: func() (training.Training, error) { return c, nil }}
	e.early.expect([]expected{given})
	gauges, err := s.gauges()
	if err != nil || len(c.Outputs()) > 1 { // the judges are asked of the worst output of the run
		return s
	}
	if judged, err := s.judges(""); err == nil {
		look.Signal = judged.signal
		e.early.expect(append([]expected{given}, e.guesses(look, gauges)...))
	}
	return s
}

// judge asks the judges of an output, by its name; empty: all of them, mostly one.
func (e *examination) judge(look Look, output string) (judged, error) {
	c := e.patient.Training
	t := newTable(c, look, output)
	signal, heard, err := signalOf(e.ctx, t)
	if err != nil {
		return judged{}, err
	}
	return judged{t, signal, askCeiling(c, look, output, t, heard)}, nil
}

// guesses are the trials that come first if what is suspected without a run is suspected after it too.
func (e *examination) guesses(look Look, gauges *Gauges) []expected {
	before := &examination{patient: &Patient{Training: e.patient.Training, Look: look, first: gauges}}
	var list []expected
	for _, s := range before.suspect() {
		if s.Strength > Possible {
			list = append(list, before.oneByOne([]suspicion{s})...)
		}
	}
	for i := range list {
		list[i].guess = true
	}
	return list
}

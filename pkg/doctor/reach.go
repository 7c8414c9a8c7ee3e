package doctor

import (
	"fmt"
	"math"

	"example.com/unstuck/pkg/loss"
	"example.com/unstuck/pkg/training"
)

// bar is a ceiling with what it was worked out from, so that another judge can be heard later.
type bar struct {
	ceiling Ceiling
	output  output
}

// askCeiling estimates what can be explained of an output of a training, by its name; empty: its only one.
func askCeiling(c training.Training, l Look, name string, t table, heard []opinion) bar {
	for _, o := range (&Patient{Training: c, Look: l}).outputs() {
		if o.Name == name {
			return bar{ceilingOf(c, o, t, heard), o}
		}
	}
	return bar{ceiling: Ceiling{Unknown: "the training couldn't be run, and it has several outputs"}}
}

// setCeiling makes it that of the training as given.
func (e *examination) setCeiling(b bar) {
	e.bar = b
	if e.patient.unbounded() && b.ceiling.Known() {
		e.bar.ceiling = Ceiling{Unknown: "the loss can fall below that of a perfect prediction"}
	}
	e.report.Ceiling, e.quickly = e.bar.ceiling, e.bar.ceiling.sees()
}

func (e *examination) ceiling() Ceiling { return e.bar.ceiling }

// reach is what can be explained, with which the training as given is compared; 1 where that isn't known.
func (e *examination) reach() float64 { return e.ceiling().reach() }

// hear adds an opinion that was asked for later.
func (e *examination) hear(o opinion) {
	if !e.ceiling().Known() {
		return
	}
	if by := ceilingOf(e.patient.Training, e.bar.output, *e.table, []opinion{o}); by.Known() && by.Explained > e.ceiling().Explained {
		e.bar.ceiling.Explained, e.bar.ceiling.Deviation, e.bar.ceiling.Judge = by.Explained, by.Deviation, by.Judge
	}
	e.report.Ceiling = e.bar.ceiling
}

// told raises the ceiling to what the training itself explains of its validation rows.
func (e *examination) told(o *Outcome) {
	if o != nil {
		e.bar.ceiling = e.ceiling().raised(o.ValidationProgress, "the training itself")
		e.report.Ceiling = e.bar.ceiling
	}
}

// ceilingFor is the ceiling for a treated training: another where the treatment changes the loss that progress is measured by, or takes
// rows out.
func (e *examination) ceilingFor(a *Attempt) (Ceiling, error) {
	given := e.bar.output
	for _, o := range a.Training.Outputs() {
		if o.Name != a.After.Output {
			continue
		}
		rows := a.Training.TrainRows()
		key := fmt.Sprintf("%s %v %d", o.Name, o.Loss, rows)
		if rows == e.patient.Training.TrainRows() && o.Name == given.Name && fmt.Sprint(o.Loss) == fmt.Sprint(given.Loss) && (scaleFree(o.Loss) || len(o.Targets.Values) > 0 && len(given.Targets.Values) > 0 && &o.Targets.Values[0] == &given.Targets.Values[0]) {
			return e.ceiling(), nil
		}
		if c, known := e.ceilings[key]; known {
			return c, nil
		}
		look := lookAt(a.Training)
		t := newTable(a.Training, look, o.Name)
		_, heard, err := signalOf(e.ctx, t)
		if err != nil {
			return Ceiling{}, err
		}
		c := askCeiling(a.Training, look, o.Name, t, heard).ceiling
		if e.ceilings == nil {
			e.ceilings = map[string]Ceiling{}
		}
		e.ceilings[key] = c
		return c, nil
	}
	return Ceiling{Unknown: "the output isn't known"}, nil
}

// scaleFree tells whether what is explained stays the same when targets are shifted and scaled.
func scaleFree(l loss.Loss) bool {
	switch l.(type) {
	case loss.MSE, loss.MAE:
		return true
	}
	return false
}

// CeilingText says how much can be explained, or why that isn't known, and of a treatment that changes the loss or the rows how much of
// the new one; empty where nobody asked.
func (r *Report) CeilingText() string {
	if r.Ceiling == (Ceiling{}) {
		return ""
	}
	text := r.Ceiling.String()
	if r.Treated != nil && r.Treated.Ceiling.Known() && r.Treated.Ceiling.another(r.Ceiling) {
		text += " With the treatment: " + r.Treated.Ceiling.String()
	}
	return text
}

// another tells whether a ceiling says something that the other doesn't: of another loss, or clearly more or less.
func (c Ceiling) another(than Ceiling) bool {
	return c.Loss != than.Loss || !than.Known() || math.Abs(c.Explained-than.Explained) > 2*(c.Deviation+than.Deviation)
}

// Limits on what speaks for something to learn: the share of the loss that is explained on rows that weren't seen is so many standard
// errors above 0, and more than chance gives the best of some sixty settings of judges, a few hundredths.
const (
	surely         = 4
	aFewHundredths = 0.03
)

// sees tells whether the judges surely explain something.
func (c Ceiling) sees() bool {
	return c.Known() && c.Explained > max(aFewHundredths, surely*c.Deviation)
}

// hasSignal tells whether some judge found something to learn; true where none could be asked.
func (e *examination) hasSignal() bool { return e.patient.Look.Signal.Found() || e.ceiling().sees() }

// heardQuickly tells whether the judges that cost little found something, so that learning cannot be mere memory.
func (e *examination) heardQuickly() bool {
	s := e.patient.Look.Signal
	return !s.Asked || s.Linear > signalLimit || s.Neighbours > signalLimit || s.Trees > signalLimit || e.quickly
}

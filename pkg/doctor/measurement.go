package doctor

// Stage is how far an examination must have come before something can be measured.
type Stage int

// The stages, from what costs nothing to what costs a training.
const (
	FromDescription Stage = iota // model, loss, optimizer and settings
	FromData                     // the look at the data
	FromFirstSteps               // the probed first steps
	FromRun                      // the training as given, to its end
)

// String names the stage.
func (s Stage) String() string {
	return [...]string{"description", "data", "first steps", "run"}[s]
}

// Measurement is something that can be known of a training. It is declared once, with the stage that it needs, and taken at most
// once in an examination, when the first rule asks for it.
type Measurement struct {
	Name  string
	Stage Stage
}

// measurement is a [Measurement] with a value of type T.
type measurement[T any] struct {
	Measurement
	take func(p *Patient) T
}

func measure[T any](name string, stage Stage, take func(p *Patient) T) *measurement[T] {
	return &measurement[T]{Measurement{name, stage}, take}
}

// of takes the measurement, or returns what was taken before. Before its stage it is the zero value: rules ask
// [measurement.there] first, unless they require it.
func (m *measurement[T]) of(p *Patient) T {
	if p.reads != nil {
		p.reads(&m.Measurement)
	}
	if taken, ok := p.taken[&m.Measurement]; ok {
		return taken.(T)
	}
	var value T
	if m.there(p) {
		reads := p.reads
		p.reads = nil // what a measurement reads is its own affair
		value = m.take(p)
		p.reads = reads
	}
	if p.taken == nil {
		p.taken = map[*Measurement]any{}
	}
	p.taken[&m.Measurement] = value
	return value
}

// there tells whether the measurement can be taken.
func (m *Measurement) there(p *Patient) bool {
	switch m.Stage {
	case FromFirstSteps:
		return p.first != nil
	case FromRun:
		return p.Before != nil
	}
	return true
}

// suspect asks the rule, unless something that it requires can't be measured.
func (r *Rule) suspect(p *Patient) *Suspicion {
	for _, m := range r.Requires {
		if !m.there(p) {
			return nil
		}
	}
	return readable(r.Suspect(p))
}

package loop

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"math"
	"slices"

	"github.com/gomlx/compute"

	"example.com/unstuck/pkg/dataset"
	"example.com/unstuck/pkg/fit"
	"example.com/unstuck/pkg/loss"
	"example.com/unstuck/pkg/optim"
	"example.com/unstuck/pkg/training"
)

// Passes is how often a proof goes on over the recorded batches.
const Passes = 10

// Proof compares the recorded training with one by the correct step: the claimed loss, its whole gradient, the claimed optimizer
// over all parameters that shall be trained, at the highest of the recorded rates, on the recorded batches from the recorded start.
// Losses are NaN, null in JSON, where nothing was recorded.
type Proof struct {
	Recorded []Number `json:"recorded"` // the claimed loss of each step's batch in the recorded training
	Correct  []Number `json:"correct"`  // and in the one by the correct step
	// The claimed loss of all recorded rows, in evaluation: at the start, behind the recorded steps, behind as many correct ones, and
	// behind [Passes] times as many.
	Start       Number `json:"start"`
	RecordedEnd Number `json:"recorded_end"`
	CorrectEnd  Number `json:"correct_end"`
	LaterEnd    Number `json:"later_end"`

	moved   []float64 // of each parameter: the recorded way by the correct one
	paired  bool      // the rows have the targets that belong to them, in place of the recorded ones
	without string    // the activation that the model ends in, and the correct one doesn't; empty: both have the same end
}

// prove trains by the correct step: on batches with their own targets where the fault is that they had others, and by the loss of what goes
// into an activation that is one too many. An error says why it can't.
func (r *Recording) prove(ctx context.Context, all *replays, f *Finding) (*Proof, error) {
	if all.program == nil {
		return nil, errors.New("the model isn't computed here")
	}
	if len(r.Optimizers) == 0 {
		return nil, errors.New("there is no optimizer")
	}
	byStep, l, err := r.batches(all)
	if err == nil && f.pairs != nil {
		byStep, err = f.pairs.mended(byStep)
	}
	if err != nil {
		return nil, err
	}
	steps := slices.Sorted(maps.Keys(byStep))
	var batches []dataset.Data
	for _, k := range steps {
		batches = append(batches, byStep[k])
	}
	start, err := all.program.converted(func(i int) []float32 { return r.Steps[0].before[i].Values })
	if err != nil {
		return nil, err
	}
	end, err := all.program.converted(func(i int) []float32 { return r.Steps[len(r.Steps)-1].weights[i].Values })
	if err != nil {
		return nil, err
	}
	p := &Proof{paired: f.pairs != nil, without: tooMany[f.way]}
	if p.without != "" {
		var ok bool
		if l, ok = ofProbabilities(l); !ok {
			return nil, fmt.Errorf("this loss isn't computed here of what a %s gives", p.without)
		}
	}
	m, err := r.correct(all.program.model, l, batches[0], all.backend)
	if err != nil {
		return nil, err
	}
	for _, at := range []struct {
		weights []training.Weight
		into    *Number
	}{{end, &p.RecordedEnd}, {start, &p.Start}} {
		for _, w := range at.weights {
			if err := m.SetWeight(w.Path, w.Array); err != nil {
				return nil, err
			}
		}
		if *at.into, err = evaluated(ctx, m, batches); err != nil {
			return nil, err
		}
	}
	for _, k := range steps {
		value := all.steps[k].value
		if c := all.steps[k].claim; p.without != "" && c != nil {
			if value, _, err = valueOf(all.backend, l, c.outputs, c.targets); err != nil {
				return nil, err
			}
		}
		p.Recorded = append(p.Recorded, Number(value))
	}
	for pass := range Passes {
		for _, batch := range batches {
			h, err := m.Fit(ctx, batch, fit.Config{Epochs: 1, BatchSize: batch.Rows(), NoShuffle: true, AllowNonFinite: true})
			if err != nil {
				return nil, err
			}
			if pass == 0 && len(h.Loss()) > 0 {
				p.Correct = append(p.Correct, Number(h.Loss()[0]))
			}
		}
		if pass == 0 {
			if p.CorrectEnd, err = evaluated(ctx, m, batches); err != nil {
				return nil, err
			}
			if p.moved, err = r.moves(all.program.model, m, start, end); err != nil {
				return nil, err
			}
		}
	}
	p.LaterEnd, err = evaluated(ctx, m, batches)
	return p, err
}

// moves are how far the recorded steps took each parameter by how far the correct ones took it.
func (r *Recording) moves(of *recordedModel, m *fit.Model, start, end []training.Weight) ([]float64, error) {
	weights, err := m.Weights()
	if err != nil {
		return nil, err
	}
	correct := map[string][]float32{}
	for _, w := range weights {
		correct[w.Path] = w.Values
	}
	moved, should := r.ways(of, start, byPath(end)), r.ways(of, start, correct)
	for i := range moved {
		moved[i] /= should[i] // NaN where neither moves it
	}
	return moved, nil
}

// batches are the recorded ones by step, with targets as the claimed loss takes them.
func (r *Recording) batches(all *replays) (batches map[int]dataset.Data, l loss.Loss, err error) {
	batches = map[int]dataset.Data{}
	for k := range r.Steps {
		s, one := &r.Steps[k], &all.steps[k]
		if !s.Arrayed {
			continue
		}
		if len(one.claims) == 0 {
			return nil, nil, errors.New("the claimed loss isn't computed here")
		}
		// What the loop does to outputs and targets isn't known; a way in which each row has its target is.
		at := slices.IndexFunc(one.claims, func(c claim) bool {
			return slices.EqualFunc(c.outputs, c.targets, func(o, t dataset.Array) bool {
				return o.Shape[0] == t.Shape[0] && len(o.Values) == elements(c.shapes[0])
			}) &&
				c.outputs[0].Shape[0] == s.named("x")[0].Shape[0]
		})
		if at < 0 {
			return nil, nil, errors.New("the loss takes the steps of sequences apart")
		}
		batches[k], l = dataset.Of(s.named("x"), one.claims[at].targets), one.claims[at].loss
	}
	if len(batches) == 0 {
		return nil, nil, errors.New("no batch was recorded")
	}
	return batches, l, nil
}

// correct is the model with the claimed loss and optimizer over everything that shall be trained.
func (r *Recording) correct(of *recordedModel, l loss.Loss, first dataset.Data, b compute.Backend) (*fit.Model, error) {
	o := r.Optimizers[0]
	whole := Optimizer{Class: o.Class, Groups: o.Groups[:1], Holds: make([][]int, 1)}
	var frozen []string
	for i, p := range r.Parameters {
		switch {
		case !p.Model || len(of.places(i)) == 0:
		case p.Trainable:
			whole.Holds[0] = append(whole.Holds[0], i)
		default:
			frozen = append(frozen, of.places(i)...)
		}
	}
	paths := map[int][]string{}
	for _, i := range whole.Holds[0] {
		paths[i] = of.places(i)
	}
	rule, why := r.rule(whole, whole.Holds[0], func(i int) []string { return paths[i] })
	if why != "" {
		return nil, errors.New(why)
	}
	rule.Groups, rule.Schedule = nil, nil
	rule.LearningRate = r.highestRate(rule.LearningRate)
	if made := o.madeWith(); rule.LearningRate < leastRate*made {
		rule.LearningRate = made
	}
	if len(frozen) > 0 {
		rule = rule.WithGroups(optim.Group{Weights: frozen, Frozen: true})
	}
	m, err := fit.Compile(of.layer, rule, l, fit.Options{Backend: b})
	if err != nil {
		return nil, err
	}
	var rows [][]int
	for _, x := range first.Inputs() {
		rows = append(rows, x.Shape[1:])
	}
	return m, m.BuildAll(rows...)
}

// highestRate is the highest recorded rate of the first optimizer, or else that one.
func (r *Recording) highestRate(otherwise float64) float64 {
	highest := 0.0
	for _, s := range r.Steps {
		if len(s.Rates) > 0 {
			for _, rate := range s.Rates[0] {
				highest = max(highest, rate)
			}
		}
	}
	if highest == 0 || math.IsInf(highest, 1) {
		return otherwise
	}
	return highest
}

// evaluated is the loss of all batches.
func evaluated(ctx context.Context, m *fit.Model, batches []dataset.Data) (Number, error) {
	total, rows := 0.0, 0
	for _, batch := range batches {
		e, err := m.Evaluate(ctx, batch)
		if err != nil {
			return 0, err
		}
		total += e.Loss * float64(batch.Rows())
		rows += batch.Rows()
	}
	return Number(total / float64(rows)), nil
}

// Apart is how far what the proof foretold lies from what the loop then did, once it was mended and recorded again: the farthest of the
// claimed losses of a batch, over the steps that both have. From the same start, on the same batches, it is rounding. NaN where the mended
// loop's losses couldn't be replayed.
func (p *Proof) Apart(mended *Report) float64 {
	apart := 0.0
	for k := range min(len(p.Correct), len(mended.Steps)) {
		apart = max(apart, math.Abs(float64(p.Correct[k]-mended.Steps[k].Replayed)))
	}
	return apart
}

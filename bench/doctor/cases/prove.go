package cases

import (
	"context"
	"errors"
	"math"

	"example.com/unstuck/pkg/dataset"
	"example.com/unstuck/pkg/fit"
	"example.com/unstuck/pkg/fit/run"
	"example.com/unstuck/pkg/nn"
	"example.com/unstuck/pkg/training"
)

// Limits of what counts as proved, in shares of the squared error that predictions explain.
const (
	StuckBelow = 0.15 // as given, with every seed
	CuredAbove = 0.5  // with the fault undone, with every seed; 0.75 of Reachable where that is less
)

// Seeds are how many seeds of weights and order a proof takes.
const Seeds = 3

// Proof is what a case's training explains with each seed, as given and with its fault undone; NaN: its predictions are no numbers.
type Proof struct {
	Stuck, Cured []float64
}

// Holds reports whether the label is proved: the fault leaves the loss where it is, with every seed, and without it the loss moves. A
// healthy case must learn, with every seed.
func (p Proof) Holds(c Case) bool {
	limit := CuredAbove
	if c.Reachable > 0 {
		limit = min(limit, 0.75*c.Reachable)
	}
	for _, v := range p.Cured {
		if !(v > limit) {
			return false
		}
	}
	if c.Cause == Healthy || c.Observed != nil {
		return true
	}
	for _, v := range p.Stuck {
		if v >= StuckBelow {
			return false
		}
	}
	return true
}

// Prove trains a case as it is and with its fault undone. It asks nothing of the doctor.
func Prove(ctx context.Context, c Case, options fit.Options) (p Proof, err error) {
	for seed := range int64(Seeds) {
		for _, of := range []struct {
			t  training.Training
			to *[]float64
		}{{c.Training(), &p.Stuck}, {c.Cured(), &p.Cured}} {
			of.t.Seed += seed
			v, err := explained(ctx, of.t, options, c.HeldRows)
			if err != nil {
				return p, err
			}
			*of.to = append(*of.to, v)
		}
	}
	return p, nil
}

// explained is 1 − the squared error of the predictions / that of the mean of the targets trained on. Of classes, targets are a one for the
// class that it is. NaN: data that aren't finite have no finite loss.
func explained(ctx context.Context, t training.Training, options fit.Options, held bool) (float64, error) {
	m, err := run.New(t, options)
	if err != nil {
		return 0, err
	}
	trained := t.Data.Range(0, t.TrainRows())
	if trains(t) {
		_, err = m.Fit(ctx, t.TrainData(), run.Config(t))
	}
	switch {
	case errors.Is(err, dataset.ErrNotFinite):
		return math.NaN(), nil
	case err != nil:
		return 0, err
	}
	d := trained
	if held {
		d = t.ValidationData()
	}
	p, err := m.Predict(ctx, d.X)
	if err != nil {
		return 0, err
	}
	return share(p, d.Y, trained.Y), nil
}

// trains tells whether there is a layer to train: fit refuses a model without, where Keras runs it for nothing.
func trains(t training.Training) bool {
	for _, l := range t.Model.(nn.Sequential) {
		if _, is := l.(nn.Frozen); !is {
			return true
		}
	}
	return false
}

func share(p, y, trained dataset.Array) float64 {
	width, labels := p.RowSize(), y.RowSize() == 1 && p.RowSize() > 1
	target := func(of dataset.Array, row, k int) float64 {
		if !labels {
			return float64(of.Row(row)[k])
		}
		if int(of.Row(row)[0]) == k {
			return 1
		}
		return 0
	}
	left, all := 0.0, 0.0
	for k := range width {
		mean := 0.0
		for row := range trained.Rows() {
			mean += target(trained, row, k) / float64(trained.Rows())
		}
		for row := range y.Rows() {
			left += math.Pow(float64(p.Row(row)[k])-target(y, row, k), 2)
			all += math.Pow(target(y, row, k)-mean, 2)
		}
	}
	if math.IsInf(left, 0) {
		return math.NaN()
	}
	return 1 - left/all
}

package probefigure

import (
	"context"
	"fmt"
	"math"
	"strconv"

	"example.com/unstuck/pkg/dataset"
	"example.com/unstuck/pkg/fit"
)

// Classes says how a model's numbers become classes. A single output is that of the second of two, true above 0.5, as in Keras' binary accuracy; of several, the
// class with the highest is said. Targets are numbers of classes from 0, or as long as the outputs, with the highest at the class.
type Classes struct {
	Names  []string // missing ones are the classes' numbers
	Logits bool     // outputs are logits: of a single one, more than 0 is the second class
}

// name is that of class i.
func (c Classes) name(i int) string {
	if i < 0 {
		return ""
	}
	if i < len(c.Names) && c.Names[i] != "" {
		return c.Names[i]
	}
	return strconv.Itoa(i)
}

// all are the names of so many classes.
func (c Classes) all(n int) []string {
	names := make([]string, n)
	for i := range names {
		names[i] = c.name(i)
	}
	return names
}

// answers are what a model says of classification data.
type answers struct {
	classes   int
	targets   []int
	said      []int     // −1: the prediction is no number
	certainty []float64 // the probability of what is said; NaN: unknown
}

// predict returns the one output of m on data that fit it.
func predict(ctx context.Context, m *fit.Model, xs ...dataset.Array) (dataset.Array, error) {
	if m == nil {
		return dataset.Array{}, fmt.Errorf("probefigure: there is no model: make one with fit.Compile")
	}
	out, err := m.PredictAll(ctx, xs...)
	if err != nil {
		return dataset.Array{}, err
	}
	if len(out) != 1 {
		return dataset.Array{}, fmt.Errorf("probefigure: the model has %d outputs: a picture is of one", len(out))
	}
	return out[0], nil
}

func (c Classes) answers(ctx context.Context, m *fit.Model, d dataset.Data) (answers, error) {
	if err := d.ValidateShapes(); err != nil {
		return answers{}, fmt.Errorf("probefigure: %w", err)
	}
	y, err := predict(ctx, m, d.Inputs()...)
	if err != nil {
		return answers{}, err
	}
	if len(y.Shape) > 2 {
		return answers{}, fmt.Errorf("probefigure: outputs of shape %v are no classes: that is [rows, classes]", y.Shape)
	}
	a := answers{classes: max(2, y.RowSize())}
	for i := range y.Rows() {
		target, err := targetOf(d.Y.Row(i), a.classes)
		if err != nil {
			return answers{}, fmt.Errorf("probefigure: row %d: %w", i+1, err)
		}
		said, certainty, err := c.said(y.Row(i))
		if err != nil {
			return answers{}, fmt.Errorf("probefigure: row %d: %w", i+1, err)
		}
		a.targets, a.said, a.certainty = append(a.targets, target), append(a.said, said), append(a.certainty, certainty)
	}
	return a, nil
}

// targetOf is the class that a row's targets name.
func targetOf(row []float32, classes int) (int, error) {
	if len(row) > 1 {
		if len(row) != classes {
			return 0, fmt.Errorf("%d targets for %d classes", len(row), classes)
		}
		best := highest(row)
		if best < 0 {
			return 0, fmt.Errorf("a target is NaN")
		}
		return best, nil
	}
	v := float64(row[0])
	if v != math.Trunc(v) || !(v >= 0 && v < float64(classes)) {
		return 0, fmt.Errorf("target %g is no class: those are whole numbers from 0 to %d", v, classes-1)
	}
	return int(v), nil
}

// highest is where the largest value stands, the first one of several; −1 where one is NaN.
func highest(row []float32) int {
	best := 0
	for i, v := range row {
		if v != v {
			return -1
		}
		if v > row[best] {
			best = i
		}
	}
	return best
}

// said is the class of a row of outputs, and its probability.
func (c Classes) said(row []float32) (class int, certainty float64, err error) {
	shares, err := c.shares(row)
	if err != nil {
		return 0, 0, err
	}
	for i, p := range shares {
		if math.IsNaN(p) {
			return -1, math.NaN(), nil
		}
		if p > shares[class] {
			class = i
		}
	}
	return class, shares[class], nil
}

// shares are the probabilities of the classes, two for a single output. NaN stays.
func (c Classes) shares(row []float32) ([]float64, error) {
	if len(row) == 1 {
		p := float64(row[0])
		if c.Logits {
			p = 1 / (1 + math.Exp(-p))
		} else if p < 0 || p > 1 {
			return nil, fmt.Errorf("the prediction %g is no probability: where outputs are logits, say so by Classes{Logits: true}", p)
		}
		return []float64{1 - p, p}, nil
	}
	shares, all := make([]float64, len(row)), 0.0
	most := math.Inf(-1)
	for i, v := range row {
		shares[i] = float64(v)
		most = max(most, shares[i])
	}
	for i := range shares {
		if c.Logits {
			shares[i] = math.Exp(shares[i] - most)
		} else if shares[i] < 0 || shares[i] > 1.001 {
			return nil, fmt.Errorf("the prediction %g is no probability: where outputs are logits, say so by Classes{Logits: true}", shares[i])
		}
		all += shares[i]
	}
	if c.Logits {
		for i := range shares {
			shares[i] /= all
		}
	}
	return shares, nil
}

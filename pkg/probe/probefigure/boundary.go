package probefigure

import (
	"context"
	"fmt"
	"math"

	"example.com/unstuck/pkg/dataset"
	"example.com/unstuck/pkg/figure"
	"example.com/unstuck/pkg/fit"
	"example.com/unstuck/pkg/probe"
)

// planeCells is how many places are predicted along each feature.
const planeCells = 48

// Boundary is a film of what the model said of every place among data with two features, [rows, 2], over a training: a still for each
// snapshot, with the loss on d then. Where d's targets are classes, that is all 0 or 1, or as many outputs as classes, it shows the
// boundary between them; else what is predicted.
//
// The model has other weights meanwhile, and its own again in the end. Errors: no snapshots, data without exactly two features, those
// of [Confusion], ctx's error.
func Boundary(ctx context.Context, m *fit.Model, s probe.Snapshots, d dataset.Data, c Classes) (figure.Boundaries, error) {
	switch {
	case m == nil:
		return figure.Boundaries{}, fmt.Errorf("probefigure: there is no model: make one with fit.Compile")
	case len(s.Kept) == 0:
		return figure.Boundaries{}, fmt.Errorf("probefigure: %w", probe.ErrNoSnapshots)
	case len(d.X.Shape) != 2 || d.X.Shape[1] != 2 || len(d.MoreX) > 0:
		return figure.Boundaries{}, fmt.Errorf("probefigure: data of shape %v: a plane needs two features, [rows, 2]", d.X.Shape)
	}
	if err := d.Validate(); err != nil {
		return figure.Boundaries{}, fmt.Errorf("probefigure: %w", err)
	}
	f := figure.Boundaries{}
	if len(d.Features) == 2 {
		f.XName, f.YName = d.Features[0], d.Features[1]
	}
	f.X, f.Y = span(d.X, 0), span(d.X, 1)
	b := boundary{Classes: c, data: d, places: places(f.X, f.Y)}
	err := probe.Borrow(m, func() error {
		for _, one := range s.Kept {
			if err := one.Set(m); err != nil {
				return fmt.Errorf("probefigure: the snapshots are of another model: %w", err)
			}
			still, err := b.still(ctx, m)
			if err != nil {
				return err
			}
			still.Name = one.Name()
			f.Stills = append(f.Stills, still)
		}
		return nil
	})
	if err != nil {
		return figure.Boundaries{}, err
	}
	if b.classes > 0 {
		f.Title, f.Classes = "Decision boundary over the training", c.all(b.classes)
	} else {
		f.Title = "Predictions over the training"
		if len(d.Targets) == 1 {
			f.Label = d.Targets[0]
		}
	}
	for i := range d.Rows() {
		row, place := d.X.Row(i), figure.Place{Value: float64(d.Y.Row(i)[0])}
		place.X, place.Y = float64(row[0]), float64(row[1])
		if b.classes > 0 {
			target, err := targetOf(d.Y.Row(i), b.classes)
			if err != nil {
				return figure.Boundaries{}, fmt.Errorf("probefigure: row %d: %w", i+1, err)
			}
			place.Value = float64(target)
		}
		f.Points = append(f.Points, place)
	}
	return f, nil
}

type boundary struct {
	Classes
	data    dataset.Data
	places  dataset.Array
	classes int // 0: what is predicted is a number
}

func (b *boundary) still(ctx context.Context, m *fit.Model) (figure.Still, error) {
	found, err := m.Evaluate(ctx, b.data)
	if err != nil {
		return figure.Still{}, err
	}
	y, err := predict(ctx, m, b.places)
	if err != nil {
		return figure.Still{}, err
	}
	if b.classes, err = b.count(y); err != nil {
		return figure.Still{}, err
	}
	s := figure.Still{Detail: lossText(found.Loss)}
	if math.IsNaN(found.Loss) {
		s.Detail = "loss NaN"
	}
	for i := range y.Rows() {
		if i%planeCells == 0 {
			s.Values = append(s.Values, nil)
		}
		v, err := b.value(y.Row(i))
		if err != nil {
			return s, fmt.Errorf("probefigure: %w", err)
		}
		last := &s.Values[len(s.Values)-1]
		*last = append(*last, v)
	}
	return s, nil
}

// count tells how many classes there are.
func (b *boundary) count(y dataset.Array) (int, error) {
	switch {
	case len(y.Shape) > 2:
		return 0, fmt.Errorf("probefigure: outputs of shape %v have more than one value at a place", y.Shape)
	case y.RowSize() > 1:
		return y.RowSize(), nil
	case len(b.Names) > 0 || b.Logits:
		return 2, nil
	}
	for _, v := range b.data.Y.Values {
		if v != 0 && v != 1 {
			return 0, nil
		}
	}
	return 2, nil
}

// value is what a still shows at a place.
func (b *boundary) value(row []float32) (float64, error) {
	if b.classes == 0 {
		return float64(row[0]), nil
	}
	if b.classes == 2 {
		shares, err := b.shares(row)
		if err != nil {
			// A linear output trained on 0 and 1 may go beyond both: that still decides.
			if len(row) == 1 {
				return math.Max(0, math.Min(1, float64(row[0]))), nil
			}
			return 0, err
		}
		return shares[1] / (shares[0] + shares[1]), nil
	}
	if best := highest(row); best >= 0 {
		return float64(best), nil
	}
	return math.NaN(), nil
}

// span is what a picture covers of a feature: the data and some air.
func span(x dataset.Array, feature int) [2]float64 {
	low, high := math.Inf(1), math.Inf(-1)
	for i := range x.Rows() {
		v := float64(x.Row(i)[feature])
		low, high = min(low, v), max(high, v)
	}
	air := 0.08 * (high - low)
	if air == 0 {
		air = max(0.5, 0.1*math.Abs(low))
	}
	return [2]float64{low - air, high + air}
}

// places are the middles of the cells of a grid, row by row from the top.
func places(x, y [2]float64) dataset.Array {
	a := dataset.Array{Shape: []int{planeCells * planeCells, 2}}
	for row := range planeCells {
		for column := range planeCells {
			a.Values = append(a.Values,
				float32(x[0]+(x[1]-x[0])*(float64(column)+0.5)/planeCells),
				float32(y[1]-(y[1]-y[0])*(float64(row)+0.5)/planeCells))
		}
	}
	return a
}

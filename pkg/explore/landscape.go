package explore

import (
	"context"
	"errors"
	"fmt"
	"math"

	"example.com/unstuck/pkg/dataset"
	"example.com/unstuck/pkg/fit"
	"example.com/unstuck/pkg/probe"
)

// LandscapeOptions say which part of the landscape [LossLandscape] looks at.
type LandscapeOptions struct {
	// Random takes two random directions from the end of the training in place of the plane through start, middle and end: normally
	// distributed, and each filter's part, the weights of one unit, scaled to the length of the filter's weights; biases and statistics
	// stay as they are. Source: Li et al., "Visualizing the Loss Landscape of Neural Nets", arXiv:1712.09913. The scale makes planes of
	// different models comparable; the path of a training is hardly seen in it, as two random directions have next to nothing of it.
	Random bool
	Seed   int64   // of the random directions
	Places int     // along each direction; 0: 25; at least 3
	Reach  float64 // of random directions: how far to go, 1 being as far as the weights are long; 0: 1
}

// Landscape is the loss on a plane through the space of weights.
type Landscape struct {
	Directions   string           // what they are, in words
	AName, BName string           // what is told along each, with its unit: "distance of weights across, towards epoch 10"
	A, B         []float64        // rising places: distances of weights from the start, or for random directions in lengths of the filters from the end
	Loss         [][]float64      // [b][a]; NaN and infinity as the model has them
	Path         []LandscapePoint // of the snapshots
}

// LandscapePoint is where a snapshot lies: at the foot of its perpendicular on the plane.
type LandscapePoint struct {
	Name   string
	A, B   float64
	Beside float64 // how far from the plane it lies, as a distance of weights; 0: on it
	Loss   float64 // its own, not that of the foot
}

// LossLandscape computes the loss on d over the plane through the start of a training, its end, and of the snapshots between them the one
// that lies farthest from the straight line: this plane has the training's path in it, as far as a plane can, at equal scales along both
// axes. Places reach a quarter beyond the path. With two snapshots, or three on a line, the second direction is random.
//
// That takes Places² evaluations, 625, of all rows of d, in use and not in training: some hundred rows are enough. The model has other
// weights meanwhile and its own again in the end, whatever happens. In the plane all weights move along, statistics of batch normalization included;
// where that makes a variance negative, the loss is NaN.
//
// Errors: less than two snapshots, all alike, snapshots of another model or with NaN, data that don't fit, options out of range, ctx's error.
func LossLandscape(ctx context.Context, m *fit.Model, s probe.Snapshots, d dataset.Data, o LandscapeOptions) (l Landscape, err error) {
	defer func() {
		if err != nil {
			l, err = Landscape{}, fmt.Errorf("explore: landscape: %w", err)
		}
	}()
	o.Places, o.Reach = or(o.Places, 25), or(o.Reach, 1)
	switch {
	case m == nil:
		return l, errors.New("there is no model: make one with fit.Compile")
	case len(s.Kept) < 2 && !o.Random || len(s.Kept) == 0:
		return l, probe.ErrNoSnapshots
	case o.Places < 3:
		return l, fmt.Errorf("%d places: at least 3 along each direction", o.Places)
	case !(o.Reach > 0) || math.IsInf(o.Reach, 0):
		return l, fmt.Errorf("reach %g: must be positive and finite", o.Reach)
	}
	p, err := newPlane(s.Kept, o)
	if err != nil {
		return l, err
	}
	l = p.land(s.Kept, o)
	err = probe.Borrow(m, func() error {
		for i, one := range s.Kept {
			if err := one.Set(m); err != nil {
				return fmt.Errorf("the snapshots are of another model: %w", err)
			}
			found, err := m.Evaluate(ctx, d)
			if err != nil {
				return err
			}
			l.Path[i].Loss = found.Loss
		}
		for _, b := range l.B {
			row := make([]float64, 0, len(l.A))
			for _, a := range l.A {
				if err := p.at(a, b).Set(m); err != nil {
					return err
				}
				found, err := m.Evaluate(ctx, d)
				if err != nil {
					return err
				}
				row = append(row, found.Loss)
			}
			l.Loss = append(l.Loss, row)
		}
		return nil
	})
	return l, err
}

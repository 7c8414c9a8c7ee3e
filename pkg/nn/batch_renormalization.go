package nn

import (
	"math/rand/v2"

	"math"

	"github.com/gomlx/gomlx/core/graph"
)

// Clipping holds what a [BatchNormalization] with Renorm corrects by within limits; zero sets none. Ioffe 2017.
//
// In training each feature is brought to the batch's mean and deviation, then multiplied by r, which is the batch's deviation
// over the one that Renorm remembers, and shifted by d, which is the difference of the batch's mean from the remembered one
// over that deviation. So training and inference see the same, but for what the limits leave. No gradient goes through r and d.
type Clipping struct {
	RMin float64 `keras:"rmin,from=0"` // least r; 0: none
	RMax float64 `keras:"rmax,from=0"` // most r; 0: none
	DMax float64 `keras:"dmax,from=0"` // largest size of d; 0: none
}

// renormalized is x by the statistics of the batch, corrected. It moves those that are remembered.
func (b BatchNormalization) renormalized(w weights, x, steps *graph.Node, epsilon float64) *graph.Node {
	mean := meanOverBatch(x, steps)
	centered := graph.Sub(x, graph.ExpandLeftToRank(mean, x.Rank()))
	variance := meanOverBatch(graph.Square(centered), steps)
	deviation := graph.Sqrt(graph.AddScalar(variance, epsilon))
	remembered := graph.MaxScalar(w.node("renorm_stddev"), math.Sqrt(epsilon))
	r := graph.Div(deviation, remembered)
	d := graph.Div(graph.Sub(mean, w.node("renorm_mean")), remembered)
	if limit := b.RenormClipping.RMin; limit != 0 {
		r = graph.MaxScalar(r, limit)
	}
	if limit := b.RenormClipping.RMax; limit != 0 {
		r = graph.MinScalar(r, limit)
	}
	if limit := b.RenormClipping.DMax; limit != 0 {
		d = graph.ClipScalar(d, -limit, limit)
	}
	momentum := b.RenormMomentum
	if momentum == 0 {
		momentum = 0.99
	}
	move(w.vars["renorm_mean"], mean, momentum)
	move(w.vars["renorm_stddev"], deviation, momentum)
	move(w.vars["moving_mean"], mean, b.Momentum)
	move(w.vars["moving_stddev"], deviation, b.Momentum)
	moved := w.vars["moving_stddev"].NodeValue(x.Graph())
	w.vars["moving_variance"].SetNodeValue(graph.MaxScalar(graph.AddScalar(graph.Square(moved), -epsilon), 0))
	y := overDeviation(centered, variance, epsilon)
	y = graph.Mul(y, graph.ExpandLeftToRank(graph.StopGradient(r), x.Rank()))
	return graph.Add(y, graph.ExpandLeftToRank(graph.StopGradient(d), x.Rank()))
}

// renormWeights are what Renorm remembers.
func renormWeights(shape []int, mean, variance Initializer) []Weight {
	return []Weight{
		{Name: "moving_stddev", Role: MovingVariance, Shape: shape, Initializer: rooted(variance)},
		{Name: "renorm_mean", Role: MovingMean, Shape: shape, Initializer: mean},
		{Name: "renorm_stddev", Role: MovingVariance, Shape: shape, Initializer: rooted(variance)},
	}
}

// rooted draws the roots of what an initializer draws.
func rooted(init Initializer) Initializer {
	switch init.(type) {
	case Ones, Zeros:
		return init
	}
	return squareRoot{init}
}

type squareRoot struct{ Initializer }

// Values are the roots.
func (s squareRoot) Values(rng *rand.Rand, dims ...int) ([]float32, error) {
	values, err := s.Initializer.Values(rng, dims...)
	for i, v := range values {
		values[i] = float32(math.Sqrt(float64(v)))
	}
	return values, err
}

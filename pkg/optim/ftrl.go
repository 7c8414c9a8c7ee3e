package optim

import (
	"github.com/gomlx/gomlx/core/graph"

	"example.com/unstuck/internal/codec"
)

// Ftrl returns Keras' Ftrl with its defaults: power −½, accumulators start at 0.1, no penalties.
func Ftrl(learningRate float64) Optimizer { return of("Ftrl", learningRate) }

// FtrlRule is "follow the regularized leader" (McMahan et al. 2013) as Keras computes it, with p = −RatePower:
//
//	n' = n + g²        z ← z + g + 2·L2Shrinkage·w − (n'^p − n^p)/rate·w
//	w ← (clip(z, −L1, L1) − z)/(n'^p/rate + 2·(L2 + Beta/(2·rate)))        n ← n'
//
// It is meant for large sparse models. The first step forgets most of the initial weights; at a rate of 0 weights become
// NaN, as in Keras. Fields are taken as they are: start from [Ftrl] for the defaults.
type FtrlRule struct {
	RatePower          float64 `keras:"learning_rate_power,missing=-0.5,to=0"`        // how the rate falls with n; at most 0
	InitialAccumulator float64 `keras:"initial_accumulator_value,missing=0.1,from=0"` // n before the first step
	L1                 float64 `keras:"l1_regularization_strength,from=0"`            // makes small weights 0
	L2                 float64 `keras:"l2_regularization_strength,from=0"`            // pulls weights to 0
	L2Shrinkage        float64 `keras:"l2_shrinkage_regularization_strength,from=0"`  // pulls gradients by the weights
	Beta               float64 `keras:"beta"`                                         // as L2, relative to the rate
}

var _ = add("Ftrl", FtrlRule{}, 0)

// Validate refuses a positive RatePower and penalties or an accumulator that are negative, NaN or infinite.
func (r FtrlRule) Validate() error { return codec.Check(r) }

// Update implements [Rule].
func (r FtrlRule) Update(s *State, w, gradient *graph.Node) *graph.Node {
	accumulator, linear := s.Slot("accumulator", r.InitialAccumulator), s.Slot("linear", 0)
	before := accumulator.Value(w)
	after := graph.Add(before, graph.Square(gradient))
	power := func(x *graph.Node) *graph.Node { return graph.PowScalar(x, -r.RatePower) }
	toUse := graph.Add(gradient, graph.MulScalar(w, 2*r.L2Shrinkage))
	slower := graph.Div(graph.Sub(power(after), power(before)), s.LearningRate)
	z := linear.Set(graph.Add(linear.Value(w), graph.Sub(toUse, graph.Mul(slower, w))))
	l2 := graph.AddScalar(graph.Div(graph.Scalar(w.Graph(), w.DType(), r.Beta), graph.MulScalar(s.LearningRate, 2)), r.L2)
	quadratic := graph.Add(graph.Div(power(after), s.LearningRate), graph.MulScalar(l2, 2))
	accumulator.Set(after)
	return graph.Div(graph.Sub(clipped(z, r.L1), z), quadratic)
}

// clipped cuts x to [−limit, limit]; a NaN stays NaN.
func clipped(x *graph.Node, limit float64) *graph.Node {
	high := graph.Scalar(x.Graph(), x.DType(), limit)
	low := graph.Neg(high)
	x = graph.Where(graph.LessThan(x, low), low, x)
	return graph.Where(graph.GreaterThan(x, high), high, x)
}

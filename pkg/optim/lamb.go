package optim

import (
	"github.com/gomlx/gomlx/core/graph"

	"example.com/unstuck/internal/codec"
)

// Lamb returns Keras' Lamb with its defaults: β₁ = 0.9, β₂ = 0.999, ε = 1e-7.
func Lamb(learningRate float64) Optimizer { return of("Lamb", learningRate) }

// LambRule is Adam whose step is as long as the weight, for large batches (You et al. 2019, arXiv:1904.00962), with m
// and v as in [AdamRule]:
//
//	u = m/(1−β₁ᵗ)/(√(v/(1−β₂ᵗ)) + ε)        w ← w − rate·‖w‖/‖u‖·u
//
// The norms are over the whole weight; where one is 0 the ratio is 1. Fields are taken as they are: start from [Lamb]
// for the defaults.
type LambRule struct {
	Beta1   float64 `keras:"beta_1,missing=0.9,from=0,below=1"`   // decay of the mean, in [0, 1)
	Beta2   float64 `keras:"beta_2,missing=0.999,from=0,below=1"` // decay of the mean square, in [0, 1)
	Epsilon float64 `keras:"epsilon,missing=1e-7,from=0"`         // added to the root
}

var _ = add("Lamb", LambRule{}, 0)

// Validate refuses decays outside [0, 1) and a negative or NaN ε.
func (r LambRule) Validate() error { return codec.Check(r) }

func (r LambRule) prepare(s *State) {
	s.share("m divisor", oneMinusPower(r.Beta1, s.Step))
	s.share("v divisor", oneMinusPower(r.Beta2, s.Step))
}

// Update implements [Rule].
func (r LambRule) Update(s *State, w, gradient *graph.Node) *graph.Node {
	m := ema(s.Slot("momentum", 0), gradient, r.Beta1)
	v := ema(s.Slot("velocity", 0), graph.Square(gradient), r.Beta2)
	root := graph.AddScalar(graph.Sqrt(graph.Div(v, s.shared["v divisor"])), r.Epsilon)
	u := graph.Div(graph.Div(m, s.shared["m divisor"]), root)
	norm := func(x *graph.Node) *graph.Node { return graph.Sqrt(graph.ReduceAllSum(graph.Square(x))) }
	size, length := norm(w), norm(u)
	zero, one := graph.ZerosLike(size), graph.OnesLike(size)
	ratio := graph.Where(graph.GreaterThan(length, zero), graph.Div(size, length), one)
	ratio = graph.Where(graph.GreaterThan(size, zero), ratio, one)
	return graph.Sub(w, graph.Mul(graph.Mul(ratio, s.LearningRate), u))
}

package optim

import (
	"github.com/gomlx/gomlx/core/graph"

	"example.com/unstuck/internal/codec"
)

// Lion returns Keras' Lion with its defaults: β₁ = 0.9, β₂ = 0.99.
func Lion(learningRate float64) Optimizer {
	return of("Lion", learningRate)
}

// LionRule steps by the sign of a mean gradient (Chen et al. 2023, arXiv:2302.06675):
//
//	w ← w − rate·sign(β₁·m + (1−β₁)·g)        m ← β₂·m + (1−β₂)·g
//
// Every weight moves by exactly the rate, so a good one is 3 to 10 times smaller than Adam's. A NaN
// gradient makes the weight NaN. Fields are taken as they are: start from [Lion] for the defaults. GoMLX
// has no Lion.
type LionRule struct {
	Beta1 float64 `keras:"beta_1,missing=0.9,from=0,below=1"`  // share of the memory in the step, in [0, 1)
	Beta2 float64 `keras:"beta_2,missing=0.99,from=0,below=1"` // decay of the memory, in [0, 1)
}

var _ = add("Lion", LionRule{}, 0)

// Validate refuses decays outside [0, 1).
func (r LionRule) Validate() error { return codec.Check(r) }

// Update implements [Rule].
func (r LionRule) Update(s *State, w, gradient *graph.Node) *graph.Node {
	slot := s.Slot("momentum", 0)
	m := slot.Value(w)
	mix := func(beta float64) *graph.Node {
		return graph.Add(graph.MulScalar(m, beta), graph.MulScalar(gradient, oneMinus32(beta)))
	}
	direction := mix(r.Beta1)
	slot.Set(mix(r.Beta2))
	return graph.Sub(w, graph.Mul(s.LearningRate, sign(direction)))
}

// sign is −1, 0, 1 or NaN; backends differ in what their own sign does with NaN.
func sign(x *graph.Node) *graph.Node {
	zero, one := graph.ZerosLike(x), graph.OnesLike(x)
	below := graph.Where(graph.LessThan(x, zero), graph.Neg(one), x)
	return graph.Where(graph.GreaterThan(x, zero), one, below)
}

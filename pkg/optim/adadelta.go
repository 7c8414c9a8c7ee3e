package optim

import (
	"github.com/gomlx/gomlx/core/graph"

	"example.com/unstuck/internal/codec"
)

// Adadelta returns Keras' Adadelta with its defaults: ρ = 0.95, ε = 1e-7. The paper's own rate is 1.
func Adadelta(learningRate float64) Optimizer {
	return of("Adadelta", learningRate)
}

// AdadeltaRule is Adadelta (Zeiler 2012, arXiv:1212.5701) as Keras computes it:
//
//	a ← ρ·a + (1−ρ)·g²      d = −g·√(b + ε)/√(a + ε)
//	b ← ρ·b + (1−ρ)·d²      w ← w + rate·d
//
// Fields are taken as they are: start from [Adadelta] for the defaults. GoMLX has no Adadelta.
type AdadeltaRule struct {
	Rho     float64 `keras:"rho,missing=0.95,from=0,below=1"` // decay of both mean squares, in [0, 1)
	Epsilon float64 `keras:"epsilon,missing=1e-7,from=0"`     // added under both roots
}

var _ = add("Adadelta", AdadeltaRule{}, 0)

// Validate refuses a ρ outside [0, 1) and a negative or NaN ε.
func (r AdadeltaRule) Validate() error { return codec.Check(r) }

// Update implements [Rule].
func (r AdadeltaRule) Update(s *State, w, gradient *graph.Node) *graph.Node {
	rms := func(x *graph.Node) *graph.Node { return graph.Sqrt(graph.AddScalar(x, r.Epsilon)) }
	deltas := s.Slot("accumulated_delta", 0)
	a := average(s.Slot("accumulated_gradient", 0), graph.Square(gradient), r.Rho)
	d := graph.Neg(graph.Div(graph.Mul(rms(deltas.Value(w)), gradient), rms(a)))
	average(deltas, graph.Square(d), r.Rho)
	return graph.Add(w, graph.Mul(s.LearningRate, d))
}

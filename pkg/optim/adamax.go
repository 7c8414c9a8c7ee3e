package optim

import (
	"github.com/gomlx/gomlx/core/graph"

	"example.com/unstuck/internal/codec"
)

// Adamax returns Keras' Adamax with its defaults: β₁ = 0.9, β₂ = 0.999, ε = 1e-7.
func Adamax(learningRate float64) Optimizer {
	return of("Adamax", learningRate)
}

// AdamaxRule is Adam with the largest gradient instead of the mean square (Kingma & Ba 2015, section 7):
//
//	m ← m + (1−β₁)(g − m)        u ← max(β₂·u, |g|)
//	w ← w − rate·m/((1−β₁ᵗ)·(u + ε))
//
// A NaN gradient shows in m, and so in w. GoMLX's Adamax corrects u's bias as if it were a mean. Fields are
// taken as they are: start from [Adamax] for the defaults.
type AdamaxRule struct {
	Beta1   float64 `keras:"beta_1,missing=0.9,from=0,below=1"`   // decay of the mean, in [0, 1)
	Beta2   float64 `keras:"beta_2,missing=0.999,from=0,below=1"` // decay of the maximum, in [0, 1)
	Epsilon float64 `keras:"epsilon,missing=1e-7,from=0"`         // added to u
}

var _ = add("Adamax", AdamaxRule{}, 0)

// Validate refuses decays outside [0, 1) and a negative or NaN ε.
func (r AdamaxRule) Validate() error { return codec.Check(r) }

func (r AdamaxRule) prepare(s *State) { s.share("correction", oneMinusPower(r.Beta1, s.Step)) }

// Update implements [Rule].
func (r AdamaxRule) Update(s *State, w, gradient *graph.Node) *graph.Node {
	m := ema(s.Slot("momentum", 0), gradient, r.Beta1)
	norm := s.Slot("norm", 0)
	u := norm.Set(graph.Max(graph.MulScalar(norm.Value(w), r.Beta2), graph.Abs(gradient)))
	return graph.Sub(w, graph.Div(
		graph.Mul(s.LearningRate, m),
		graph.Mul(s.shared["correction"], graph.AddScalar(u, r.Epsilon))))
}

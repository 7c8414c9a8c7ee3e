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
// AsTorch, u ← max(β₂·u, |g| + ε) has the ε, and the division hasn't.
//
// A NaN gradient shows in m, and so in w. GoMLX's Adamax corrects u's bias as if it were a mean. Fields are
// taken as they are: start from [Adamax] for the defaults.
type AdamaxRule struct {
	Beta1   float64 `keras:"beta_1,missing=0.9,from=0,below=1"`   // decay of the mean, in [0, 1)
	Beta2   float64 `keras:"beta_2,missing=0.999,from=0,below=1"` // decay of the maximum, in [0, 1)
	Epsilon float64 `keras:"epsilon,missing=1e-7,from=0"`         // added to u
	AsTorch bool    `keras:"-"`                                   // adds ε to |g| ahead of the maximum, as PyTorch does
}

var _ = add("Adamax", AdamaxRule{}, 0)

// Validate refuses decays outside [0, 1) and a negative or NaN ε.
func (r AdamaxRule) Validate() error { return codec.Check(r) }

func (r AdamaxRule) prepare(s *State) {
	if r.AsTorch {
		s.share("rate", s.scaled(graph.Reciprocal(unbiased(r.Beta1, s.double()))))
		return
	}
	s.share("correction", oneMinusPower(r.Beta1, s.Step))
}

// Update implements [Rule].
func (r AdamaxRule) Update(s *State, w, gradient *graph.Node) *graph.Node {
	m := ema(s.Slot("momentum", 0), gradient, r.Beta1)
	norm, size := s.Slot("norm", 0), graph.Abs(gradient)
	if r.AsTorch {
		size = graph.AddScalar(size, r.Epsilon)
	}
	u := norm.Set(graph.Max(graph.MulScalar(norm.Value(w), r.Beta2), size))
	if r.AsTorch {
		return graph.Sub(w, graph.Mul(graph.Div(m, u), s.shared["rate"]))
	}
	return graph.Sub(w, graph.Div(
		graph.Mul(s.LearningRate, m),
		graph.Mul(s.shared["correction"], graph.AddScalar(u, r.Epsilon))))
}

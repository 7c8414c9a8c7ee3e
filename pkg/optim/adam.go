package optim

import (
	"fmt"

	"github.com/gomlx/gomlx/core/graph"
)

// Adam returns Keras' Adam with its defaults: β₁ = 0.9, β₂ = 0.999, ε = 1e-7.
func Adam(learningRate float64) Optimizer {
	return Optimizer{Rule: AdamRule{Beta1: 0.9, Beta2: 0.999, Epsilon: 1e-7}, LearningRate: learningRate}
}

// AdamRule is Adam (Kingma & Ba 2015) as Keras computes it:
//
//	m ← m + (1−β₁)(g − m)        v ← v + (1−β₂)(g² − v)
//	w ← w − rate·√(1−β₂ᵗ)/(1−β₁ᵗ) · m/(√v + ε)
//
// AMSGrad divides by the largest √v so far. GoMLX's Adam adds ε to the bias-corrected √v instead, which
// differs while t is small, and has no AMSGrad. The bias correction is computed in float32. Fields are
// taken as they are: start from [Adam] for the defaults.
type AdamRule struct {
	Beta1, Beta2 float64 // decay of the moments, in [0, 1)
	Epsilon      float64 // added to √v; positive
	AMSGrad      bool    // divides by the largest √v so far (Reddi et al. 2018)
}

// Validate refuses decays outside [0, 1) and a negative or NaN ε.
func (r AdamRule) Validate() error { return validateMoments("Adam", r.Beta1, r.Beta2, r.Epsilon) }

func (r AdamRule) prepare(s *State) {
	root := graph.Sqrt(oneMinusPower(r.Beta2, s.Step))
	s.share("rate", graph.Div(graph.Mul(s.LearningRate, root), oneMinusPower(r.Beta1, s.Step)))
}

// Update implements [Rule].
func (r AdamRule) Update(s *State, w, gradient *graph.Node) *graph.Node {
	m := ema(s.Slot("m", 0), gradient, r.Beta1)
	v := ema(s.Slot("v", 0), graph.Square(gradient), r.Beta2)
	if r.AMSGrad {
		vhat := s.Slot("vhat", 0)
		v = vhat.Set(graph.Max(vhat.Value(w), v))
	}
	return graph.Sub(w, graph.Div(graph.Mul(m, s.shared["rate"]), graph.AddScalar(graph.Sqrt(v), r.Epsilon)))
}

// ProgramKey holds all settings.
func (r AdamRule) ProgramKey() (string, bool) { return fmt.Sprintf("%#v", r), true }

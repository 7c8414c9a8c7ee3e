package optim

import (
	"fmt"

	"github.com/gomlx/gomlx/core/graph"
)

// Adagrad returns Keras' Adagrad with its defaults: accumulators start at 0.1, ε = 1e-7.
func Adagrad(learningRate float64) Optimizer {
	return Optimizer{Rule: AdagradRule{InitialAccumulator: 0.1, Epsilon: 1e-7}, LearningRate: learningRate}
}

// AdagradRule is Adagrad (Duchi et al. 2011) as Keras computes it:
//
//	a ← a + g²        w ← w − rate·g/√(a + ε)
//
// Fields are taken as they are: start from [Adagrad] for the defaults. GoMLX has no Adagrad.
type AdagradRule struct {
	InitialAccumulator float64 // a before the first step
	Epsilon            float64 // added to a under the root
}

// Validate refuses a negative, NaN or infinite setting.
func (r AdagradRule) Validate() error {
	if !nonNegative(r.InitialAccumulator) {
		return fmt.Errorf("Adagrad: initial accumulator is %g, must be zero or positive, and finite", r.InitialAccumulator)
	}
	return validateEpsilon("Adagrad", r.Epsilon)
}

// Update implements [Rule].
func (r AdagradRule) Update(s *State, w, gradient *graph.Node) *graph.Node {
	slot := s.Slot("accumulator", r.InitialAccumulator)
	a := slot.Set(graph.Add(slot.Value(w), graph.Square(gradient)))
	return graph.Sub(w, graph.Div(graph.Mul(s.LearningRate, gradient), graph.Sqrt(graph.AddScalar(a, r.Epsilon))))
}

// ProgramKey holds all settings.
func (r AdagradRule) ProgramKey() (string, bool) { return fmt.Sprintf("%#v", r), true }

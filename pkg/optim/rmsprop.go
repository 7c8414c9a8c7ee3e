package optim

import (
	"fmt"

	"github.com/gomlx/gomlx/core/graph"
)

// RMSprop returns Keras' RMSprop with its defaults: ρ = 0.9, no momentum, ε = 1e-7.
func RMSprop(learningRate float64) Optimizer {
	return Optimizer{Rule: RMSpropRule{Rho: 0.9, Epsilon: 1e-7}, LearningRate: learningRate}
}

// RMSpropRule is RMSprop (Hinton 2012) as Keras computes it:
//
//	v ← ρ·v + (1−ρ)·g²        d = rate·g/√(v + ε)
//	w ← w − d                 or, with momentum:  b ← momentum·b + d,  w ← w − b
//
// Centered, the variance v − ḡ² takes v's place, with ḡ ← ρ·ḡ + (1−ρ)·g. GoMLX's RMSProp corrects v's bias
// and adds ε to √v. Fields are taken as they are: start from [RMSprop] for the defaults.
type RMSpropRule struct {
	Rho      float64 // decay of the mean square, in [0, 1)
	Momentum float64 // in [0, 1]; 0: none
	Epsilon  float64 // added to v under the root
	Centered bool    // divides by the gradient's standard deviation (Graves 2013)
}

// Validate refuses a ρ outside [0, 1), a momentum outside [0, 1] and a negative or NaN ε.
func (r RMSpropRule) Validate() error {
	if !(r.Momentum >= 0 && r.Momentum <= 1) {
		return fmt.Errorf("RMSprop: momentum is %g, must lie in [0, 1]", r.Momentum)
	}
	if err := validateDecay("RMSprop: rho", r.Rho); err != nil {
		return err
	}
	return validateEpsilon("RMSprop", r.Epsilon)
}

// Update implements [Rule].
func (r RMSpropRule) Update(s *State, w, gradient *graph.Node) *graph.Node {
	v := average(s.Slot("velocity", 0), graph.Square(gradient), r.Rho)
	if r.Centered {
		mean := average(s.Slot("average_gradient", 0), gradient, r.Rho)
		v = graph.Sub(v, graph.Square(mean))
	}
	step := graph.Div(graph.Mul(s.LearningRate, gradient), graph.Sqrt(graph.AddScalar(v, r.Epsilon)))
	if r.Momentum > 0 {
		slot := s.Slot("momentum", 0)
		step = slot.Set(graph.Add(graph.MulScalar(slot.Value(w), r.Momentum), step))
	}
	return graph.Sub(w, step)
}

// average is decay·slot + (1−decay)·x, kept in the slot; [ema] rounds differently.
func average(slot Slot, x *graph.Node, decay float64) *graph.Node {
	return slot.Set(graph.Add(graph.MulScalar(slot.Value(x), decay), graph.MulScalar(x, 1-decay)))
}

// ProgramKey holds all settings.
func (r RMSpropRule) ProgramKey() (string, bool) { return fmt.Sprintf("%#v", r), true }

package optim

import (
	"github.com/gomlx/gomlx/core/graph"

	"example.com/unstuck/internal/codec"
)

// RMSprop returns Keras' RMSprop with its defaults: ρ = 0.9, no momentum, ε = 1e-7.
func RMSprop(learningRate float64) Optimizer {
	return of("RMSprop", learningRate)
}

// RMSpropRule is RMSprop (Hinton 2012) as Keras computes it:
//
//	v ← ρ·v + (1−ρ)·g²        d = rate·g/√(v + ε)
//	w ← w − d                 or, with momentum:  b ← momentum·b + d,  w ← w − b
//
// and, AsTorch, with ε beside the root, and the rate not in what momentum remembers:
//
//	d = g/(√v + ε)            w ← w − rate·d         or  b ← momentum·b + d,  w ← w − rate·b
//
// Centered, the variance v − ḡ² takes v's place, with ḡ ← ρ·ḡ + (1−ρ)·g. GoMLX's RMSProp corrects v's bias
// and adds ε to √v. Fields are taken as they are: start from [RMSprop] for the defaults.
type RMSpropRule struct {
	Rho      float64 `keras:"rho,missing=0.9,from=0,below=1"` // decay of the mean square, in [0, 1)
	Momentum float64 `keras:"momentum,from=0,to=1"`           // in [0, 1]; 0: none
	Epsilon  float64 `keras:"epsilon,missing=1e-7,from=0"`    // added to v under the root
	Centered bool    // divides by the gradient's standard deviation (Graves 2013)
	AsTorch  bool    `keras:"-"` // adds ε to √v and remembers steps without the rate, as PyTorch does
}

var _ = add("RMSprop", RMSpropRule{}, 0)

// Validate refuses a ρ outside [0, 1), a momentum outside [0, 1] and a negative or NaN ε.
func (r RMSpropRule) Validate() error { return codec.Check(r) }

// Update implements [Rule].
func (r RMSpropRule) Update(s *State, w, gradient *graph.Node) *graph.Node {
	v := average(s.Slot("velocity", 0), graph.Square(gradient), r.Rho)
	if r.Centered {
		mean := average(s.Slot("average_gradient", 0), gradient, r.Rho)
		v = graph.Sub(v, graph.Square(mean))
	}
	if r.AsTorch {
		return graph.Sub(w, graph.Mul(r.velocity(s, graph.Div(gradient, graph.AddScalar(graph.Sqrt(v), r.Epsilon))), s.LearningRate))
	}
	step := graph.Div(graph.Mul(s.LearningRate, gradient), graph.Sqrt(graph.AddScalar(v, r.Epsilon)))
	return graph.Sub(w, r.velocity(s, step))
}

// velocity adds a step to those before, where there is momentum.
func (r RMSpropRule) velocity(s *State, step *graph.Node) *graph.Node {
	if r.Momentum == 0 {
		return step
	}
	slot := s.Slot("momentum", 0)
	return slot.Set(graph.Add(graph.MulScalar(slot.Value(step), r.Momentum), step))
}

// average is decay·slot + (1−decay)·x, kept in the slot; [ema] rounds differently.
func average(slot Slot, x *graph.Node, decay float64) *graph.Node {
	return slot.Set(graph.Add(graph.MulScalar(slot.Value(x), decay), graph.MulScalar(x, 1-decay)))
}

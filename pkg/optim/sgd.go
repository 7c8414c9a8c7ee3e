package optim

import (
	"github.com/gomlx/gomlx/core/graph"

	"example.com/unstuck/internal/codec"
)

// SGD returns Keras' gradient descent without momentum. With momentum:
//
//	optim.SGD(0.01).WithRule(optim.SGDRule{Momentum: 0.9})
func SGD(learningRate float64) Optimizer {
	return of("SGD", learningRate)
}

// SGDRule is gradient descent as Keras computes it. The zero value is plain descent:
//
//	w ← w − rate·g
//
// with momentum, and with Nesterov's:
//
//	m ← momentum·m − rate·g      w ← w + m
//	m ← momentum·m − rate·g      w ← w + momentum·m − rate·g
//
// With Velocity, as PyTorch has it, the rate stays out of what is remembered, so that a schedule acts on all of it at once; the
// first step remembers the gradient whole, whatever the Dampening:
//
//	v ← momentum·v + (1−dampening)·g      w ← w − rate·v
//	v ← momentum·v + (1−dampening)·g      w ← w − rate·(g + momentum·v)
//
// At a constant rate and without dampening both are the same.
//
// GoMLX's own has no momentum, divides the rate by √step unless told not to, and trains at 0.1 when the
// rate is 0; so this doesn't build on it.
type SGDRule struct {
	Momentum float64 `keras:"momentum,from=0,to=1,point"` // in [0, 1]; 0: none
	Nesterov bool    // looks ahead; without Momentum it changes nothing, as in Keras

	Velocity  bool    `keras:"-"`        // remembers gradients and not steps, as PyTorch does
	Dampening float64 `keras:"-,from=0"` // how much less of a gradient is remembered; used with Velocity only; 0: none
}

var _ = add("SGD", SGDRule{}, 0)

// Validate refuses a momentum outside [0, 1] and a negative dampening.
func (r SGDRule) Validate() error { return codec.Check(r) }

// Update implements [Rule].
func (r SGDRule) Update(s *State, w, gradient *graph.Node) *graph.Node {
	step := graph.Mul(gradient, s.LearningRate)
	if r.Momentum == 0 {
		return graph.Sub(w, step)
	}
	if r.Velocity {
		return graph.Sub(w, graph.Mul(r.velocity(s, gradient), s.LearningRate))
	}
	slot := s.Slot("momentum", 0)
	m := slot.Set(graph.Sub(graph.MulScalar(slot.Value(w), r.Momentum), step))
	if r.Nesterov {
		m = graph.Sub(graph.MulScalar(m, r.Momentum), step)
	}
	return graph.Add(w, m)
}

// velocity moves what is remembered on; it is what the rate is multiplied by.
func (r SGDRule) velocity(s *State, gradient *graph.Node) *graph.Node {
	slot := s.Slot("velocity", 0)
	v := graph.Add(graph.MulScalar(slot.Value(gradient), r.Momentum), graph.MulScalar(gradient, 1-r.Dampening))
	if r.Dampening != 0 {
		v = graph.Where(graph.Equal(s.Step, graph.ScalarOne(s.Step.Graph(), s.Step.DType())), gradient, v)
	}
	slot.Set(v)
	if r.Nesterov {
		return graph.Add(gradient, graph.MulScalar(v, r.Momentum))
	}
	return v
}

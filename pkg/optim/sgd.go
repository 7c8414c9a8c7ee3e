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
// GoMLX's own has no momentum, divides the rate by √step unless told not to, and trains at 0.1 when the
// rate is 0; so this doesn't build on it.
type SGDRule struct {
	Momentum float64 `keras:"momentum,from=0,to=1,point"` // in [0, 1]; 0: none
	Nesterov bool    // looks ahead; without Momentum it changes nothing, as in Keras
}

var _ = add("SGD", SGDRule{}, 0)

// Validate refuses a momentum outside [0, 1].
func (r SGDRule) Validate() error { return codec.Check(r) }

// Update implements [Rule].
func (r SGDRule) Update(s *State, w, gradient *graph.Node) *graph.Node {
	step := graph.Mul(gradient, s.LearningRate)
	if r.Momentum == 0 {
		return graph.Sub(w, step)
	}
	slot := s.Slot("momentum", 0)
	m := slot.Set(graph.Sub(graph.MulScalar(slot.Value(w), r.Momentum), step))
	if r.Nesterov {
		m = graph.Sub(graph.MulScalar(m, r.Momentum), step)
	}
	return graph.Add(w, m)
}

package optim

import (
	"fmt"

	"github.com/gomlx/gomlx/core/graph"

	"example.com/unstuck/internal/codec"
)

// Rprop returns PyTorch's Rprop with its defaults, but for the rate: factors 0.5 and 1.2, steps from 1e-6 to 50. Keras has none.
func Rprop(learningRate float64) Optimizer { return of("Rprop", learningRate) }

// RpropRule is resilient backpropagation (Riedmiller & Braun 1993) as PyTorch computes it. Each weight has a step d of its own, which
// begins as the learning rate, grows while the gradient keeps its sign and shrinks behind a change:
//
//	g·g' > 0: d ← min(d·Plus, Largest)
//	g·g' < 0: d ← max(d·Minus, Smallest), and the gradient counts as 0 here and in the next step
//	w ← w − d·sign(g)
//
// g' being the gradient of the step before. The learning rate acts in the first step alone. It is made for batches of all rows: on
// others the sign changes by chance. Fields are taken as they are: start from [Rprop] for the defaults.
type RpropRule struct {
	Minus    float64 `keras:"-,missing=0.5,above=0,below=1"` // factor behind a change, in (0, 1)
	Plus     float64 `keras:"-,missing=1.2,above=1"`         // factor without one, above 1
	Smallest float64 `keras:"-,missing=1e-6,from=0"`         // step
	Largest  float64 `keras:"-,missing=50,from=0"`           // step
}

var _ = notOfKeras("Rprop", RpropRule{}, 0)

// Validate refuses factors out of their range, and steps that are negative, NaN or infinite.
func (r RpropRule) Validate() error { return codec.Check(r) }

// Update implements [Rule].
func (r RpropRule) Update(s *State, w, gradient *graph.Node) *graph.Node {
	last, sizes := s.Slot("gradient", 0), s.Slot("step", 0)
	g, dtype := w.Graph(), w.DType()
	scalar := func(x float64) *graph.Node { return graph.Scalar(g, dtype, x) }
	all := func(x *graph.Node) *graph.Node { return graph.BroadcastToShape(x, w.Shape()) }
	first := graph.Equal(s.Step, graph.OnesLike(s.Step))
	size := graph.Where(first, all(s.LearningRate), sizes.Value(w))

	turn := graph.Mul(gradient, last.Value(w))
	turned := graph.LessThan(turn, scalar(0))
	factor := graph.Where(turned, all(scalar(r.Minus)), graph.Where(graph.GreaterThan(turn, scalar(0)), all(scalar(r.Plus)), graph.OnesLike(w)))
	size = sizes.Set(graph.Min(graph.Max(graph.Mul(size, factor), scalar(r.Smallest)), scalar(r.Largest)))
	gradient = last.Set(graph.Where(turned, graph.ZerosLike(w), gradient))
	return graph.Sub(w, graph.Mul(graph.Sign(gradient), size))
}

func (r RpropRule) torch() (torchRule, error) {
	pair := func(name string, a, b, left, right float64) []string {
		if a == left && b == right {
			return nil
		}
		return []string{fmt.Sprintf("%s=(%s, %s)", name, py(a), py(b))}
	}
	return torchRule{class: "torch.optim.Rprop", without: []string{"weight_decay"}, arguments: append(pair("etas", r.Minus, r.Plus, 0.5, 1.2), pair("step_sizes", r.Smallest, r.Largest, 1e-6, 50)...)}, nil
}

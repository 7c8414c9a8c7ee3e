package optim

import (
	"github.com/gomlx/gomlx/core/graph"

	"example.com/unstuck/internal/codec"
)

// Adagrad returns Keras' Adagrad with its defaults: accumulators start at 0.1, ε = 1e-7.
func Adagrad(learningRate float64) Optimizer {
	return of("Adagrad", learningRate)
}

// AdagradRule is Adagrad (Duchi et al. 2011) as Keras computes it:
//
//	a ← a + g²        w ← w − rate·g/√(a + ε)
//
// and, AsTorch, with ε beside the root and a rate that RateDecay lowers from update to update, t counting from 0:
//
//	a ← a + g²        w ← w − rate/(1 + RateDecay·t)·g/(√a + ε)
//
// Fields are taken as they are: start from [Adagrad] for the defaults. GoMLX has no Adagrad.
type AdagradRule struct {
	InitialAccumulator float64 `keras:"initial_accumulator_value,missing=0.1,from=0"` // a before the first step
	Epsilon            float64 `keras:"epsilon,missing=1e-7,from=0"`                  // added to a under the root
	AsTorch            bool    `keras:"-"`                                            // adds ε to √a, as PyTorch does
	RateDecay          float64 `keras:"-,from=0"`                                     // PyTorch's lr_decay; used with AsTorch only; 0: none
}

var _ = add("Adagrad", AdagradRule{}, 0)

// Validate refuses a negative, NaN or infinite setting.
func (r AdagradRule) Validate() error { return codec.Check(r) }

func (r AdagradRule) prepare(s *State) {
	if r.AsTorch {
		s.share("rate", s.scaled(graph.Reciprocal(graph.OnePlus(graph.MulScalar(graph.AddScalar(s.double(), -1), r.RateDecay)))))
	}
}

// Update implements [Rule].
func (r AdagradRule) Update(s *State, w, gradient *graph.Node) *graph.Node {
	slot := s.Slot("accumulator", r.InitialAccumulator)
	a := slot.Set(graph.Add(slot.Value(w), graph.Square(gradient)))
	if r.AsTorch {
		return graph.Sub(w, graph.Mul(graph.Div(gradient, graph.AddScalar(graph.Sqrt(a), r.Epsilon)), s.shared["rate"]))
	}
	return graph.Sub(w, graph.Div(graph.Mul(s.LearningRate, gradient), graph.Sqrt(graph.AddScalar(a, r.Epsilon))))
}

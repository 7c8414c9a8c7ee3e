package optim

import (
	"github.com/gomlx/gomlx/core/graph"

	"example.com/unstuck/internal/codec"
)

// ScheduleFreeAdamW returns Keras' ScheduleFreeAdamW with its defaults: β₁ = 0.9, β₂ = 0.999, ε = 1e-8, no warm-up.
// Keras' own rate is 0.0025.
func ScheduleFreeAdamW(learningRate float64) Optimizer { return of("ScheduleFreeAdamW", learningRate) }

// ScheduleFreeRule is Adam that averages the weights instead of lowering the rate (Defazio et al. 2024,
// arXiv:2405.15682), as Keras computes it, with v as in [AdamRule]:
//
//	z' = z − rate·min(1, t/WarmupSteps)·g/(√(v/(1−β₂ᵗ)) + ε)        x' = (1 − 1/t)·x + z'/t
//	w ← (1−β₁)·z' + β₁·x'
//
// where z begins as the weights, and x is what w and z leave for it. The weights at hand are w, in inference too. Fields
// are taken as they are: start from [ScheduleFreeAdamW] for the defaults.
type ScheduleFreeRule struct {
	Beta1       float64 `keras:"beta_1,missing=0.9,above=0,to=1"`     // share of the average in the weights, in (0, 1]
	Beta2       float64 `keras:"beta_2,missing=0.999,from=0,below=1"` // decay of the mean square, in [0, 1)
	Epsilon     float64 `keras:"epsilon,missing=1e-8,from=0"`         // added to the root
	WarmupSteps int     `keras:"warmup_steps,from=0"`                 // steps in which the rate rises; 0: none
}

var _ = add("ScheduleFreeAdamW", ScheduleFreeRule{}, 0)

// Validate refuses a β₁ outside (0, 1], a β₂ outside [0, 1), a negative or NaN ε and negative steps.
func (r ScheduleFreeRule) Validate() error { return codec.Check(r) }

func (r ScheduleFreeRule) prepare(s *State) {
	rate := s.LearningRate
	if r.WarmupSteps > 0 {
		rate = graph.Mul(rate, graph.MinScalar(graph.DivScalar(s.Step, float64(r.WarmupSteps)), 1))
	}
	s.share("rate", rate)
	s.share("v divisor", oneMinusPower(r.Beta2, s.Step))
	s.share("weight", graph.Reciprocal(s.Step))
	s.share("first", graph.Equal(s.Step, graph.OnesLike(s.Step)))
}

// Update implements [Rule].
func (r ScheduleFreeRule) Update(s *State, w, gradient *graph.Node) *graph.Node {
	fast := s.Slot("momentum", 0)
	// Weights may be set until the training begins, so that z can't be them before.
	z := graph.Where(s.shared["first"], s.Before(), fast.Value(w))
	v := emaBy(s.Slot("velocity", 0), graph.Square(gradient), oneMinus32(r.Beta2))
	root := graph.AddScalar(graph.Sqrt(graph.Div(v, s.shared["v divisor"])), r.Epsilon)
	next := fast.Set(graph.Sub(z, graph.Div(graph.Mul(s.shared["rate"], gradient), root)))
	rest := oneMinus32(r.Beta1)
	x := graph.DivScalar(graph.Sub(w, graph.MulScalar(z, rest)), r.Beta1)
	weight := s.shared["weight"]
	x = graph.Add(graph.Mul(graph.OneMinus(weight), x), graph.Mul(weight, next))
	return graph.Add(graph.MulScalar(next, rest), graph.MulScalar(x, r.Beta1))
}

package optim

import (
	"github.com/gomlx/gomlx/core/graph"

	"example.com/unstuck/internal/codec"
)

// RAdam returns PyTorch's RAdam with its defaults, but for the rate: β₁ = 0.9, β₂ = 0.999, ε = 1e-8. Keras has none.
func RAdam(learningRate float64) Optimizer {
	return of("RAdam", learningRate)
}

// RAdamRule is rectified Adam (Liu et al. 2020, arXiv:1908.03265) as PyTorch computes it, with m and v as in [AdamRule]:
//
//	ρ∞ = 2/(1−β₂) − 1        ρ = ρ∞ − 2t·β₂ᵗ/(1−β₂ᵗ)        m̂ = m/(1−β₁ᵗ)
//	w ← w − rate·m̂·r·√(1−β₂ᵗ)/(√v + ε)                       where ρ > 5
//	w ← w − rate·m̂                                           else: the first steps, of which v knows too little
//
// with r = √((ρ−4)(ρ−2)ρ∞ / ((ρ∞−4)(ρ∞−2)ρ)). Fields are taken as they are: start from [RAdam] for the defaults.
type RAdamRule struct {
	Beta1   float64 `keras:"-,missing=0.9,from=0,below=1"`   // decay of the mean, in [0, 1)
	Beta2   float64 `keras:"-,missing=0.999,from=0,below=1"` // decay of the mean square, in [0, 1)
	Epsilon float64 `keras:"-,missing=1e-8,from=0"`          // added to √v
}

var _ = notOfKeras("RAdam", RAdamRule{}, 0)

// Validate refuses decays outside [0, 1) and a negative or NaN ε.
func (r RAdamRule) Validate() error { return codec.Check(r) }

func (r RAdamRule) prepare(s *State) {
	step := s.double()
	scalar := func(x float64) *graph.Node { return graph.Scalar(step.Graph(), step.DType(), x) }
	correction := unbiased(r.Beta2, step)
	last := 2/(1-r.Beta2) - 1
	length := graph.Sub(scalar(last), graph.Div(graph.Mul(graph.MulScalar(step, 2), powStep(r.Beta2, step)), correction))
	known := graph.GreaterThan(length, scalar(5))
	length = graph.Where(known, length, scalar(last)) // else the root would be that of a negative number
	square := graph.Div(
		graph.MulScalar(graph.Mul(graph.AddScalar(length, -4), graph.AddScalar(length, -2)), last),
		graph.MulScalar(length, (last-4)*(last-2)))
	s.share("known", known)
	s.share("rate", s.scaled(graph.Reciprocal(unbiased(r.Beta1, step))))
	s.share("factor", s.single(graph.Mul(graph.Sqrt(square), graph.Sqrt(correction))))
}

// Update implements [Rule].
func (r RAdamRule) Update(s *State, w, gradient *graph.Node) *graph.Node {
	m := ema(s.Slot("m", 0), gradient, r.Beta1)
	v := ema(s.Slot("v", 0), graph.Square(gradient), r.Beta2)
	rectified := graph.Div(s.shared["factor"], graph.AddScalar(graph.Sqrt(v), r.Epsilon))
	factor := graph.Where(s.shared["known"], rectified, graph.OnesLike(rectified))
	return graph.Sub(w, graph.Mul(graph.Mul(m, s.shared["rate"]), factor))
}

func (RAdamRule) slots() [][]string { return [][]string{{"m", "v"}} }

package optim

import (
	"github.com/gomlx/gomlx/core/graph"

	"example.com/unstuck/internal/codec"
)

// Nadam returns Keras' Nadam with its defaults: β₁ = 0.9, β₂ = 0.999, ε = 1e-7.
func Nadam(learningRate float64) Optimizer {
	return of("Nadam", learningRate)
}

// NadamRule is Adam with Nesterov's momentum (Dozat 2016) as Keras computes it, with m and v as in [AdamRule]:
//
//	uₜ = β₁·(1 − ½·0.96ᵗ)        Uₜ = u₁·…·uₜ
//	m̂ = uₜ₊₁·m/(1 − Uₜ·uₜ₊₁) + (1 − uₜ)·g/(1 − Uₜ)        v̂ = v/(1 − β₂ᵗ)
//	w ← w − rate·m̂/(√v̂ + ε)
//
// AsTorch the momentum grows more slowly, uₜ = β₁·(1 − ½·0.96^(t·ψ)), with MomentumDecay ψ, and the factors are computed in
// float64.
//
// Fields are taken as they are: start from [Nadam] for the defaults. GoMLX has no Nadam.
type NadamRule struct {
	Beta1   float64 `keras:"beta_1,missing=0.9,from=0,below=1"`   // decay of the mean, in [0, 1)
	Beta2   float64 `keras:"beta_2,missing=0.999,from=0,below=1"` // decay of the mean square, in [0, 1)
	Epsilon float64 `keras:"epsilon,missing=1e-7,from=0"`         // added to √v̂

	AsTorch       bool    `keras:"-"`        // has PyTorch's MomentumDecay
	MomentumDecay float64 `keras:"-,from=0"` // how fast the momentum grows, used with AsTorch only; PyTorch's default is 0.004
}

var _ = add("Nadam", NadamRule{}, 0)

// Validate refuses decays outside [0, 1) and a negative or NaN ε.
func (r NadamRule) Validate() error { return codec.Check(r) }

func (r NadamRule) prepare(s *State) {
	step := s.Step
	if r.AsTorch {
		step = s.double()
	}
	u, next := r.momentum(step), r.momentum(graph.OnePlus(step))
	slot := s.Scalar("u_product", 1)
	product := graph.Mul(graph.ConvertDType(slot.Value(s.Step), step.DType()), u)
	slot.Set(s.single(product))
	share := func(name string, x *graph.Node) { s.share(name, s.single(x)) }
	share("m factor", next)
	share("m divisor", graph.OneMinus(graph.Mul(product, next)))
	share("g factor", graph.OneMinus(u))
	share("g divisor", graph.OneMinus(product))
	share("v divisor", oneMinusPower(r.Beta2, step))
}

// momentum is β₁·(1 − ½·0.96ᵗ).
func (r NadamRule) momentum(step *graph.Node) *graph.Node {
	if r.AsTorch {
		step = graph.MulScalar(step, r.MomentumDecay)
	}
	return graph.MulScalar(graph.OneMinus(graph.MulScalar(powStep(0.96, step), 0.5)), r.Beta1)
}

// momentumDecay is PyTorch's setting that computes the same.
func (r NadamRule) momentumDecay() float64 {
	if r.AsTorch {
		return r.MomentumDecay
	}
	return 1
}

// Update implements [Rule].
func (r NadamRule) Update(s *State, w, gradient *graph.Node) *graph.Node {
	m := s.Slot("momentum", 0)
	v := s.Slot("velocity", 0)
	// Unlike its Adam, Keras' Nadam rounds β to float32 before it takes it from 1.
	rest1, rest2 := oneMinus32(r.Beta1), oneMinus32(r.Beta2)
	if r.AsTorch {
		rest1, rest2 = 1-r.Beta1, 1-r.Beta2
	}
	m1 := emaBy(m, gradient, rest1)
	v1 := emaBy(v, graph.Square(gradient), rest2)
	mHat := graph.Add(
		graph.Div(graph.Mul(s.shared["m factor"], m1), s.shared["m divisor"]),
		graph.Div(graph.Mul(s.shared["g factor"], gradient), s.shared["g divisor"]))
	vHat := graph.Div(v1, s.shared["v divisor"])
	return graph.Sub(w, graph.Div(graph.Mul(mHat, s.LearningRate), graph.AddScalar(graph.Sqrt(vHat), r.Epsilon)))
}

// oneMinus32 is 1 − x in float32.
func oneMinus32(x float64) float64 { return float64(1 - float32(x)) }

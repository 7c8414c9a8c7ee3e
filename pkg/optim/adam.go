package optim

import (
	"github.com/gomlx/gomlx/core/graph"

	"example.com/unstuck/internal/codec"
)

// Adam returns Keras' Adam with its defaults: β₁ = 0.9, β₂ = 0.999, ε = 1e-7.
func Adam(learningRate float64) Optimizer {
	return of("Adam", learningRate)
}

// AdamRule is Adam (Kingma & Ba 2015) as Keras computes it:
//
//	m ← m + (1−β₁)(g − m)        v ← v + (1−β₂)(g² − v)
//	w ← w − rate·√(1−β₂ᵗ)/(1−β₁ᵗ) · m/(√v + ε)
//
// and, AsTorch, as the paper and PyTorch do, with ε beside the corrected √v:
//
//	w ← w − rate/(1−β₁ᵗ) · m/(√v/√(1−β₂ᵗ) + ε)
//
// Sparse is PyTorch's SparseAdam, for embeddings with sparse=True; a row that a batch looks up with a gradient of exactly 0 moves
// there and stays here.
//
// AMSGrad divides by the largest √v so far; GoMLX's Adam has none. The bias correction is computed in float32, AsTorch in
// float64. Fields are taken as they are: start from [Adam] for the defaults.
type AdamRule struct {
	Beta1   float64 `keras:"beta_1,missing=0.9,from=0,below=1"`   // decay of the mean, in [0, 1)
	Beta2   float64 `keras:"beta_2,missing=0.999,from=0,below=1"` // decay of the mean square, in [0, 1)
	Epsilon float64 `keras:"epsilon,missing=1e-7,from=0"`         // added to √v
	AMSGrad bool    `keras:"amsgrad"`                             // divides by the largest √v so far (Reddi et al. 2018)
	AsTorch bool    `keras:"-"`                                   // adds ε to the bias-corrected √v
	Sparse  bool    `keras:"-"`                                   // leaves rows whose gradient is 0 as they are, with what is remembered of them
}

var _ = add("Adam", AdamRule{}, 0)

// Validate refuses decays outside [0, 1) and a negative or NaN ε.
func (r AdamRule) Validate() error { return codec.Check(r) }

func (r AdamRule) prepare(s *State) {
	if r.AsTorch {
		s.share("rate", s.scaled(graph.Reciprocal(unbiased(r.Beta1, s.double()))))
		s.share("root", s.single(graph.Sqrt(unbiased(r.Beta2, s.double()))))
		return
	}
	root := graph.Sqrt(oneMinusPower(r.Beta2, s.Step))
	s.share("rate", graph.Div(graph.Mul(s.LearningRate, root), oneMinusPower(r.Beta1, s.Step)))
}

// Update implements [Rule].
func (r AdamRule) Update(s *State, w, gradient *graph.Node) *graph.Node {
	if r.Sparse {
		return r.sparse(s, w, gradient)
	}
	m := ema(s.Slot("m", 0), gradient, r.Beta1)
	v := ema(s.Slot("v", 0), graph.Square(gradient), r.Beta2)
	if r.AMSGrad {
		vhat := s.Slot("vhat", 0)
		v = vhat.Set(graph.Max(vhat.Value(w), v))
	}
	if r.AsTorch {
		v = graph.Div(graph.Sqrt(v), s.shared["root"])
		return graph.Sub(w, graph.Mul(graph.Div(m, graph.AddScalar(v, r.Epsilon)), s.shared["rate"]))
	}
	return graph.Sub(w, graph.Div(graph.Mul(m, s.shared["rate"]), graph.AddScalar(graph.Sqrt(v), r.Epsilon)))
}

// sparse moves the rows that have a gradient.
func (r AdamRule) sparse(s *State, w, gradient *graph.Node) *graph.Node {
	moved := graph.NotEqual(gradient, graph.ZerosLike(gradient))
	for axis := w.Rank() - 1; axis > 0; axis-- {
		moved = graph.ReduceAndKeep(moved, graph.ReduceLogicalOr, axis)
	}
	shape := w.Shape().Clone()
	shape.DType = moved.DType()
	moved = graph.BroadcastToShape(moved, shape)
	slots := []Slot{s.Slot("m", 0), s.Slot("v", 0)}
	before := []*graph.Node{slots[0].Value(w), slots[1].Value(w)}
	r.Sparse = false
	next := r.Update(s, w, gradient)
	for i, slot := range slots {
		slot.Set(graph.Where(moved, slot.Value(w), before[i]))
	}
	return graph.Where(moved, next, w)
}

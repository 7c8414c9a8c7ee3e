package optim

import (
	"slices"
	"strings"

	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/ml/model"

	"example.com/unstuck/internal/codec"
)

// TorchAdafactor returns PyTorch's Adafactor with its defaults, but for the rate. Keras' is [Adafactor].
func TorchAdafactor(learningRate float64) Optimizer { return of("TorchAdafactor", learningRate) }

// TorchAdafactorRule is [AdafactorRule] as PyTorch computes it, where the ε stand elsewhere:
//
//	β = 1 − t^Beta2Decay      r ← β·r + (1−β)·mean over columns of g², c the same over rows
//	u = g/√max(r·c/max(mean(r), ε₁), ε₁²)
//	w ← w − max(ε₂, rms(w))·min(rate, 1/√t)·u/max(1, rms(u)/ClipThreshold)
//
// Rows and columns are the last two axes that the parameter has in PyTorch: of the kernel of a convolution those along which it
// moves. rms(w) is that of before the weight decay, which is decoupled. Fields are taken as they are: start from [TorchAdafactor]
// for the defaults.
type TorchAdafactorRule struct {
	Beta2Decay    float64 `keras:"-,missing=-0.8"`                          // exponent of t; negative
	Epsilon1      float64 `keras:"-,missing=1.1920928955078125e-07,from=0"` // ε₁; PyTorch's default is what float32 tells apart from 1
	Epsilon2      float64 `keras:"-,missing=1e-3,from=0"`                   // ε₂, the smallest size of a weight that counts
	ClipThreshold float64 `keras:"-,missing=1,above=0"`                     // d, the largest root mean square of a step before the rate; positive
}

var _ = notOfKeras("TorchAdafactor", TorchAdafactorRule{}, 0)

// Validate refuses a negative or NaN ε, and a threshold that isn't positive.
func (r TorchAdafactorRule) Validate() error { return codec.Check(r) }

func (r TorchAdafactorRule) prepare(s *State) {
	step := s.double()
	s.share("rest", s.single(graph.PowScalar(step, r.Beta2Decay)))
	s.share("rate", graph.Min(s.LearningRate, s.single(graph.Reciprocal(graph.Sqrt(step)))))
}

// factored are the axes of a weight that PyTorch has last.
func factored(v *model.Variable) (row, column int) {
	rank := v.Shape().Rank()
	if rank < 3 || !isKernel(v) {
		return rank - 2, rank - 1
	}
	// A kernel's channels stand behind the axes along which it moves here, and ahead of them there.
	if rank == 3 {
		return 1, 0
	}
	return rank - 4, rank - 3
}

// isKernel reports whether a weight has its inputs ahead of its outputs, which PyTorch has the other way around.
func isKernel(v *model.Variable) bool { return strings.HasSuffix(v.Path(), "kernel") }

// Update implements [Rule].
func (r TorchAdafactorRule) Update(s *State, w, gradient *graph.Node) *graph.Node {
	mean := func(slot Slot, x *graph.Node) *graph.Node {
		old := slot.Value(w)
		return slot.Set(graph.Add(old, graph.Mul(s.shared["rest"], graph.Sub(x, old))))
	}
	squares := graph.Square(gradient)
	var v *graph.Node
	if dims := w.Shape().Dimensions; len(dims) >= 2 {
		row, column := factored(s.variable)
		without := func(axis int) []int {
			kept := slices.Clone(dims)
			kept[axis] = 1
			return kept
		}
		rows := mean(s.SlotOf("row_mean", 0, without(column)...), graph.ReduceAndKeep(squares, graph.ReduceMean, column))
		columns := mean(s.SlotOf("column_mean", 0, without(row)...), graph.ReduceAndKeep(squares, graph.ReduceMean, row))
		all := graph.MaxScalar(graph.ReduceAndKeep(rows, graph.ReduceMean, row), r.Epsilon1)
		wide := func(x *graph.Node) *graph.Node { return graph.BroadcastToShape(x, w.Shape()) }
		v = graph.Div(graph.Mul(wide(rows), wide(columns)), wide(all))
	} else {
		v = mean(s.Slot("velocity", 0), squares)
	}
	u := graph.Mul(gradient, graph.Reciprocal(graph.Sqrt(graph.MaxScalar(v, r.Epsilon1*r.Epsilon1))))
	size := graph.Mul(graph.MaxScalar(rms(s.Before()), r.Epsilon2), s.shared["rate"])
	return graph.Sub(w, graph.Mul(u, graph.Div(size, graph.MaxScalar(graph.DivScalar(rms(u), r.ClipThreshold), 1))))
}

func (r TorchAdafactorRule) torch() (torchRule, error) {
	t := torchRule{class: "torch.optim.Adafactor", without: []string{"weight_decay"}, arguments: codec.PythonArgument("beta2_decay", r.Beta2Decay, -0.8)}
	if d := codec.Defaults(TorchAdafactorRule{}); r.Epsilon1 != d.Epsilon1 || r.Epsilon2 != d.Epsilon2 {
		first := "None"
		if r.Epsilon1 != d.Epsilon1 {
			first = py(r.Epsilon1)
		}
		t.arguments = append(t.arguments, "eps=("+first+", "+py(r.Epsilon2)+")")
	}
	t.arguments = append(t.arguments, codec.PythonArgument("d", r.ClipThreshold, 1)...)
	t.decay = func(t torchRule, decay float64) torchRule {
		t.arguments = append(slices.Clone(t.arguments), "weight_decay="+py(decay))
		return t
	}
	return t, nil
}

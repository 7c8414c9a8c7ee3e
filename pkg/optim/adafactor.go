package optim

import (
	"github.com/gomlx/gomlx/core/graph"

	"example.com/unstuck/internal/codec"
)

// Adafactor returns Keras' Adafactor with its defaults: β₂ falls with t^−0.8, ε₁ = 1e-30, ε₂ = 1e-3, threshold 1.
func Adafactor(learningRate float64) Optimizer { return of("Adafactor", learningRate) }

// AdafactorRule is Adam with a mean square that is remembered by rows and columns alone (Shazeer & Stern 2018,
// arXiv:1804.04235) as Keras computes it, without a mean of the gradients:
//
//	β = 1 − t^Beta2Decay      r ← β·r + (1−β)·mean over columns of (g² + ε₁), c the same over rows
//	u = g/√(r·c/mean(r))      w ← w − max(ε₂, rms(w))·min(rate, 1/√t)·u/max(1, rms(u)/ClipThreshold)
//
// Weights of one axis or none remember their mean square whole. The rate is relative to the size of the weight, and
// never more than 1/√t. Fields are taken as they are: start from [Adafactor] for the defaults.
type AdafactorRule struct {
	Beta2Decay    float64 `keras:"beta_2_decay,missing=-0.8"`        // exponent of t; negative
	Epsilon1      float64 `keras:"epsilon_1,missing=1e-30,from=0"`   // ε₁, added to g²
	Epsilon2      float64 `keras:"epsilon_2,missing=1e-3,from=0"`    // ε₂, the smallest size of a weight that counts
	ClipThreshold float64 `keras:"clip_threshold,missing=1,above=0"` // largest root mean square of a step before the rate; positive
}

// Whether the rate is relative makes no difference in Keras: it is cut to 1/√t in any case.
var _ = add("Adafactor", AdafactorRule{}, 0, codec.Ignored("relative_step"))

// Validate refuses a negative or NaN ε, and a threshold that isn't positive.
func (r AdafactorRule) Validate() error { return codec.Check(r) }

func (r AdafactorRule) prepare(s *State) {
	root := graph.Reciprocal(graph.Sqrt(s.Step))
	s.share("rate", graph.Min(s.LearningRate, root))
	decay := graph.OneMinus(graph.PowScalar(s.Step, r.Beta2Decay))
	s.share("decay", decay)
	s.share("rest", graph.OneMinus(decay))
}

// Update implements [Rule].
func (r AdafactorRule) Update(s *State, w, gradient *graph.Node) *graph.Node {
	squares := graph.AddScalar(graph.Square(gradient), r.Epsilon1)
	mean := func(slot Slot, x *graph.Node) *graph.Node {
		return slot.Set(graph.Add(graph.Mul(s.shared["decay"], slot.Value(w)), graph.Mul(s.shared["rest"], x)))
	}
	var v *graph.Node
	if dims := w.Shape().Dimensions; len(dims) >= 2 {
		last := len(dims) - 1
		byRow := dims[:last]
		byColumn := append(append([]int(nil), dims[:last-1]...), dims[last])
		rows := mean(s.SlotOf("row_mean", 0, byRow...), graph.ReduceMean(squares, last))
		columns := mean(s.SlotOf("column_mean", 0, byColumn...), graph.ReduceMean(squares, last-1))
		share := graph.Div(rows, graph.ReduceAndKeep(rows, graph.ReduceMean, -1))
		v = graph.Mul(
			graph.BroadcastToShape(graph.InsertAxes(share, -1), w.Shape()),
			graph.BroadcastToShape(graph.InsertAxes(columns, last-1), w.Shape()))
	} else {
		v = mean(s.Slot("velocity", 0), squares)
	}
	u := graph.Div(gradient, graph.Sqrt(v))
	u = graph.Div(u, graph.MaxScalar(graph.DivScalar(rms(u), r.ClipThreshold), 1))
	size := graph.Mul(graph.MaxScalar(rms(w), r.Epsilon2), s.shared["rate"])
	return graph.Sub(w, graph.Mul(size, u))
}

// rms is the root of the mean square.
func rms(x *graph.Node) *graph.Node { return graph.Sqrt(graph.ReduceAllMean(graph.Square(x))) }

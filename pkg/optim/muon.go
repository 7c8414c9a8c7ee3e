package optim

import (
	"math"
	"strings"

	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/ml/model"

	"example.com/unstuck/internal/codec"
)

// Muon returns Keras' Muon with its defaults: momentum 0.95 with Nesterov's look ahead, 5 iterations, weight decay
// 0.004 for all weights.
func Muon(learningRate float64) Optimizer { return of("Muon", learningRate) }

// MuonRule makes the steps of matrices orthogonal (Jordan et al. 2024, with the scaling of Liu et al. 2025,
// arXiv:2502.16982), as Keras computes it:
//
//	m ← Momentum·m + g      G = g + Momentum·m, or m without Nesterov
//	X = G/(‖G‖ + 1e-7), then Iterations times X ← A·X + (B·XXᵀ + C·(XXᵀ)²)·X
//	w ← w − rate·X·√max(rows, columns)·RMSRate
//
// Weights that aren't matrices, and embeddings, follow [AdamRule] with AdamBeta1, AdamBeta2 and Epsilon, the rate times
// AdamRateRatio, and a weight decay of their own. Fields are taken as they are: start from [Muon] for the defaults.
type MuonRule struct {
	AdamBeta1       float64 `keras:"adam_beta_1,missing=0.9,from=0,below=1"`   // decay of the mean, in [0, 1)
	AdamBeta2       float64 `keras:"adam_beta_2,missing=0.999,from=0,below=1"` // decay of the mean square, in [0, 1)
	AdamWeightDecay float64 `keras:"adam_weight_decay,missing=0.004,from=0"`   // for weights that follow Adam
	Epsilon         float64 `keras:"epsilon,missing=1e-7,from=0"`              // Adam's
	WithEmbeddings  bool    `keras:"exclude_embeddings,not"`                   // takes embeddings for matrices like others
	A               float64 `keras:"muon_a,missing=3.4445"`
	B               float64 `keras:"muon_b,missing=-4.775"`
	C               float64 `keras:"muon_c,missing=2.0315"`
	AdamRateRatio   float64 `keras:"adam_lr_ratio,missing=1,from=0"`       // Adam's rate over the rate
	Momentum        float64 `keras:"momentum,missing=0.95,from=0,to=1"`    // in [0, 1]
	Iterations      int     `keras:"ns_steps,missing=5,from=0,to=100"`     // of the orthogonalization
	NoNesterov      bool    `keras:"nesterov,not"`                         // steps by m itself
	RMSRate         float64 `keras:"rms_rate,missing=0.2,from=0,optional"` // size of the step by element; 0: that of X
}

// Keras' exclude_layers, patterns of names, aren't there.
var _ = add("Muon", MuonRule{}, 0.004, codec.Only("exclude_layers", []any{}))

// Validate refuses decays and a momentum out of range, and negative settings that must not be.
func (r MuonRule) Validate() error { return codec.Check(r) }

// byAdam reports whether a weight follows Adam.
func (r MuonRule) byAdam(v *model.Variable) bool {
	return v.Shape().Rank() != 2 || !r.WithEmbeddings && strings.Contains(strings.ToLower(v.Path()), "embedding")
}

func (r MuonRule) decayOf(v *model.Variable, general float64) float64 {
	if r.byAdam(v) {
		return r.AdamWeightDecay
	}
	return general
}

func (r MuonRule) prepare(s *State) {
	root := graph.Sqrt(oneMinusPower(r.AdamBeta2, s.Step))
	rate := graph.MulScalar(s.LearningRate, r.AdamRateRatio)
	s.share("rate", graph.Div(graph.Mul(rate, root), oneMinusPower(r.AdamBeta1, s.Step)))
}

// Update implements [Rule].
func (r MuonRule) Update(s *State, w, gradient *graph.Node) *graph.Node {
	slot := s.Slot("momentum", 0)
	if r.byAdam(s.variable) {
		m := ema(slot, gradient, r.AdamBeta1)
		v := ema(s.Slot("velocity", 0), graph.Square(gradient), r.AdamBeta2)
		return graph.Sub(w, graph.Div(graph.Mul(m, s.shared["rate"]), graph.AddScalar(graph.Sqrt(v), r.Epsilon)))
	}
	old := slot.Value(w)
	m := slot.Set(graph.Add(old, graph.Add(gradient, graph.MulScalar(old, r.Momentum-1))))
	if !r.NoNesterov {
		m = graph.Add(gradient, graph.MulScalar(m, r.Momentum))
	}
	step := graph.Mul(s.LearningRate, r.orthogonal(m))
	if r.RMSRate != 0 {
		longest := float64(max(w.Shape().Dim(0), w.Shape().Dim(1)))
		step = graph.MulScalar(graph.MulScalar(step, math.Sqrt(longest)), r.RMSRate)
	}
	return graph.Sub(w, step)
}

// orthogonal brings the singular values of a matrix near 1, by Newton and Schulz' iteration.
func (r MuonRule) orthogonal(x *graph.Node) *graph.Node {
	tall := x.Shape().Dim(0) > x.Shape().Dim(1)
	if tall {
		x = graph.Transpose(x, 0, 1)
	}
	norm := graph.Sqrt(graph.ReduceAllSum(graph.Square(x)))
	x = graph.Div(x, graph.AddScalar(norm, 1e-7))
	times := func(a, b *graph.Node) *graph.Node { return graph.Dot(a, b).Product() }
	for range r.Iterations {
		a := times(x, graph.Transpose(x, 0, 1))
		b := graph.Add(graph.MulScalar(a, r.B), times(graph.MulScalar(a, r.C), a))
		x = graph.Add(graph.MulScalar(x, r.A), times(b, x))
	}
	if tall {
		x = graph.Transpose(x, 0, 1)
	}
	return x
}

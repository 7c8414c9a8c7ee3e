package optim

import (
	"fmt"
	"math"
	"slices"

	"github.com/gomlx/gomlx/core/graph"

	"example.com/unstuck/internal/codec"
)

// TorchMuon returns PyTorch's Muon with its defaults, but for the rate: momentum 0.95 with Nesterov's look ahead, 5 iterations,
// weight decay 0.1. Keras' is [Muon].
func TorchMuon(learningRate float64) Optimizer { return of("TorchMuon", learningRate) }

// TorchMuonRule makes the steps of matrices orthogonal as PyTorch's Muon does, which takes no other weights:
//
//	m ← Momentum·m + (1−Momentum)·g      G = Momentum·m + (1−Momentum)·g, or m without Nesterov
//	X = G/max(‖G‖, ε), then Iterations times X ← A·X + (B·XXᵀ + C·(XXᵀ)²)·X, in bfloat16
//	w ← w − rate·scale·X
//
// The scale goes by the rows and columns that the parameter has in PyTorch, out and in of a kernel: Scale "" takes
// √max(1, rows/columns), "match_rms_adamw" 0.2·√max(rows, columns), "spectral_unclamped" √(rows/columns). Fields are taken as they
// are: start from [TorchMuon] for the defaults.
type TorchMuonRule struct {
	Momentum   float64 `keras:"-,missing=0.95,from=0,to=1"` // in [0, 1]
	NoNesterov bool    `keras:"-"`                          // steps by m itself
	A          float64 `keras:"-,missing=3.4445"`
	B          float64 `keras:"-,missing=-4.775"`
	C          float64 `keras:"-,missing=2.0315"`
	Epsilon    float64 `keras:"-,missing=1e-7,from=0"`        // smallest norm that is divided by
	Iterations int     `keras:"-,missing=5,from=0,below=100"` // of the orthogonalization
	Scale      string  `keras:"-"`                            // PyTorch's adjust_lr_fn
}

var _ = notOfKeras("TorchMuon", TorchMuonRule{}, 0.1)

var muonScales = map[string]func(rows, columns float64) float64{
	"":                   func(rows, columns float64) float64 { return math.Sqrt(max(1, rows/columns)) },
	"match_rms_adamw":    func(rows, columns float64) float64 { return 0.2 * math.Sqrt(max(rows, columns)) },
	"spectral_unclamped": func(rows, columns float64) float64 { return math.Sqrt(rows / columns) },
}

// Validate refuses a momentum out of range, a negative ε, too many iterations and an unknown scale.
func (r TorchMuonRule) Validate() error {
	if muonScales[r.Scale] == nil {
		return fmt.Errorf("TorchMuonRule.Scale is %q: must be empty, match_rms_adamw or spectral_unclamped", r.Scale)
	}
	return codec.Check(r)
}

// Update implements [Rule].
func (r TorchMuonRule) Update(s *State, w, gradient *graph.Node) *graph.Node {
	if w.Rank() != 2 {
		panic(fmt.Errorf("the weight %s has shape %v: PyTorch's Muon is for matrices alone, leave it to another group", s.variable.Path(), w.Shape().Dimensions))
	}
	step := emaBy(s.Slot("momentum", 0), gradient, 1-r.Momentum)
	if !r.NoNesterov {
		step = graph.Add(graph.MulScalar(gradient, 1-r.Momentum), graph.MulScalar(step, r.Momentum))
	}
	rows, columns := float64(w.Shape().Dim(0)), float64(w.Shape().Dim(1))
	turned := isKernel(s.variable)
	if turned {
		rows, columns = columns, rows
		step = graph.Transpose(step, 0, 1)
	}
	step = r.orthogonal(step)
	if turned {
		step = graph.Transpose(step, 0, 1)
	}
	return graph.Sub(w, graph.Mul(step, graph.MulScalar(s.LearningRate, muonScales[r.Scale](rows, columns))))
}

// orthogonal is that of [MuonRule], rounded where PyTorch rounds.
func (r TorchMuonRule) orthogonal(x *graph.Node) *graph.Node {
	tall := x.Shape().Dim(0) > x.Shape().Dim(1)
	x = toBFloat16(x)
	if tall {
		x = graph.Transpose(x, 0, 1)
	}
	norm := toBFloat16(graph.Sqrt(graph.ReduceAllSum(graph.Square(x))))
	x = toBFloat16(graph.Div(x, graph.MaxScalar(norm, r.Epsilon)))
	a, b, c := r.A, r.B, r.C
	times := func(a, b *graph.Node) *graph.Node { return graph.Dot(a, b).Product() }
	for range r.Iterations {
		gram := toBFloat16(times(x, graph.Transpose(x, 0, 1)))
		update := toBFloat16(graph.Add(graph.MulScalar(gram, b), graph.MulScalar(times(gram, gram), c)))
		x = toBFloat16(graph.Add(graph.MulScalar(x, a), times(update, x)))
	}
	if tall {
		x = graph.Transpose(x, 0, 1)
	}
	return x
}

// toBFloat16 rounds to the 8 binary digits that bfloat16 has. A compiler may drop conversions there and back, which this isn't.
func toBFloat16(x *graph.Node) *graph.Node {
	high := graph.MulScalar(x, 1<<16+1)
	return graph.Sub(high, graph.Sub(high, x))
}

func (r TorchMuonRule) torch() (torchRule, error) {
	d := codec.Defaults(TorchMuonRule{})
	t := torchRule{class: "torch.optim.Muon", arguments: codec.PythonArgument("momentum", r.Momentum, d.Momentum)}
	if r.NoNesterov {
		t.arguments = append(t.arguments, "nesterov=False")
	}
	if r.A != d.A || r.B != d.B || r.C != d.C {
		t.arguments = append(t.arguments, fmt.Sprintf("ns_coefficients=(%s, %s, %s)", py(r.A), py(r.B), py(r.C)))
	}
	t.arguments = append(t.arguments, codec.PythonArgument("eps", r.Epsilon, d.Epsilon)...)
	if r.Iterations != d.Iterations {
		t.arguments = append(t.arguments, fmt.Sprintf("ns_steps=%d", r.Iterations))
	}
	if r.Scale != "" {
		t.arguments = append(t.arguments, "adjust_lr_fn="+codec.PythonString(r.Scale))
	}
	own := slices.Clone(t.arguments)
	t.arguments = append(t.arguments, "weight_decay=0.0") // its default is another
	t.decay = func(t torchRule, decay float64) torchRule {
		t.arguments = append(slices.Clone(own), codec.PythonArgument("weight_decay", decay, 0.1)...)
		return t
	}
	t.without = []string{"weight_decay", "maximize"}
	return t, nil
}

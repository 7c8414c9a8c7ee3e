package nn

import (
	"math"

	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/ml/model"

	"example.com/unstuck/internal/codec"
)

// SparsePlus is 0 below −1, x above 1 and (x+1)²/4 between. Keras: "sparse_plus". Martins & Astudillo 2016.
type SparsePlus struct{}

var _ = activations.Add(SparsePlus{}, codec.NoClass())
var _ = activations.Say("sparse_plus", SparsePlus{})

// Activate returns 0, (x+1)²/4 or x.
func (SparsePlus) Activate(x *graph.Node) *graph.Node {
	one := graph.ScalarOne(x.Graph(), x.DType())
	between := graph.MulScalar(graph.Square(graph.OnePlus(x)), 0.25)
	above := graph.Where(graph.GreaterOrEqual(x, one), x, between)
	return graph.Where(graph.LessOrEqual(x, graph.Neg(one)), graph.ScalarZero(x.Graph(), x.DType()), above)
}

// Bounds are 0 and infinity.
func (SparsePlus) Bounds() (low, high float64) { return 0, math.Inf(1) }

// Apply is Activate.
func (s SparsePlus) Apply(_ *model.Scope, x *graph.Node) *graph.Node { return s.Activate(asFloat(x)) }

// TorchSteps is an expression: there is no module.
func (SparsePlus) TorchSteps([][]int) ([]TorchStep, error) {
	return torchExpression("torch.where({x} <= -1, 0.0, torch.where({x} >= 1, {x}, ({x} + 1) ** 2 / 4))")
}

// SparseSigmoid is (x+1)/2 cut to [0, 1]. Keras: "sparse_sigmoid". Martins & Astudillo 2016.
type SparseSigmoid struct{}

var _ = activations.Add(SparseSigmoid{}, codec.NoClass())
var _ = activations.Say("sparse_sigmoid", SparseSigmoid{})

// Activate returns (x+1)/2 between 0 and 1.
func (SparseSigmoid) Activate(x *graph.Node) *graph.Node {
	x = graph.Where(graph.Equal(x, x), x, graph.StopGradient(x)) // NaN has no slope
	return graph.MulScalar(graph.OnePlus(HardTanh{}.Activate(x)), 0.5)
}

// FlatBeyond are 0 and 1, which it reaches: the numbers next to them.
func (SparseSigmoid) FlatBeyond() (low, high float32) { return 1e-30, math.Nextafter32(1, 0) }

// Bounds are 0 and 1.
func (SparseSigmoid) Bounds() (low, high float64) { return 0, 1 }

// Apply is Activate.
func (s SparseSigmoid) Apply(_ *model.Scope, x *graph.Node) *graph.Node {
	return s.Activate(asFloat(x))
}

// TorchSteps is an expression: there is no module.
func (SparseSigmoid) TorchSteps([][]int) ([]TorchStep, error) {
	return torchExpression("({x}.clamp(-1, 1) + 1) / 2")
}

// LogSoftmax is the logarithm of [Softmax] over the last axis. Keras: "log_softmax".
type LogSoftmax struct{}

var _ = activations.Add(LogSoftmax{}, codec.NoClass())
var _ = activations.Say("log_softmax", LogSoftmax{})

// Activate returns x − log Σ eˣ.
func (LogSoftmax) Activate(x *graph.Node) *graph.Node { return graph.LogSoftmax(x, -1) }

// Bounds are minus infinity and 0.
func (LogSoftmax) Bounds() (low, high float64) { return math.Inf(-1), 0 }

// Apply is Activate.
func (l LogSoftmax) Apply(_ *model.Scope, x *graph.Node) *graph.Node { return l.Activate(asFloat(x)) }

// TorchSteps is nn.LogSoftmax.
func (LogSoftmax) TorchSteps([][]int) ([]TorchStep, error) {
	return torchModule("LogSoftmax", "dim=-1")
}

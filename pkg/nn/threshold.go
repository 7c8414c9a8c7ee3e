package nn

import (
	"math"

	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/ml/model"

	"example.com/unstuck/internal/codec"
)

// Threshold is x above At and Below elsewhere, as keras.activations.threshold. Keras has no string for it that could be called.
type Threshold struct {
	At    float64 // x that are larger pass
	Below float64 // what comes out in place of the others
}

var _ = activations.Add(Threshold{}, codec.NoClass())

// Activate returns x or Below. NaN is not above At.
func (t Threshold) Activate(x *graph.Node) *graph.Node {
	g := x.Graph()
	return graph.Where(graph.GreaterThan(x, graph.Scalar(g, x.DType(), t.At)), x, graph.Scalar(g, x.DType(), t.Below))
}

// Bounds are the smaller of At and Below, and infinity.
func (t Threshold) Bounds() (low, high float64) { return min(t.At, t.Below), math.Inf(1) }

// Apply is Activate.
func (t Threshold) Apply(_ *model.Scope, x *graph.Node) *graph.Node { return t.Activate(asFloat(x)) }

// PythonCode is the function with its numbers.
func (t Threshold) PythonCode() string {
	return "lambda x: keras.activations.threshold(x, " + codec.PythonFloat(t.At) + ", " + codec.PythonFloat(t.Below) + ")"
}

// TorchSteps is nn.Threshold.
func (t Threshold) TorchSteps([][]int) ([]TorchStep, error) {
	return torchElementwise("Threshold", codec.PythonFloat(t.At), codec.PythonFloat(t.Below))
}

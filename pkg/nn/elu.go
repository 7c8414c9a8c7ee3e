package nn

import (
	"fmt"
	"math"

	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/ml/model"

	"example.com/unstuck/internal/codec"
)

// ELU is x above zero and Alpha·(eˣ−1) below, so its mean is closer to zero than ReLU's. Keras: "elu",
// with any Alpha the layer ELU. Clevert et al. 2016.
type ELU struct {
	Alpha float64 `keras:"alpha,default=1"` // −Alpha is the limit for very negative x; 0: 1
}

var _ = activations.Add(ELU{})
var _ = layers.Add(ELU{})
var _ = activations.Say("elu", ELU{})

// Activate returns the unit's value.
func (e ELU) Activate(x *graph.Node) *graph.Node {
	if math.IsNaN(e.Alpha) || math.IsInf(e.Alpha, 0) {
		panic(fmt.Errorf("ELU.Alpha is %g, must be finite", e.Alpha))
	}
	if e.Alpha == 0 {
		return elu(x, 1)
	}
	return elu(x, e.Alpha)
}

// Bounds are −Alpha, 0 when Alpha is negative, and infinity.
func (e ELU) Bounds() (low, high float64) {
	switch {
	case e.Alpha == 0:
		return -1, math.Inf(1)
	case e.Alpha < 0:
		return 0, math.Inf(1)
	}
	return -e.Alpha, math.Inf(1)
}

// Apply is Activate.
func (e ELU) Apply(_ *model.Scope, x *graph.Node) *graph.Node { return e.Activate(asFloat(x)) }

// TorchSteps is nn.ELU.
func (e ELU) TorchSteps([][]int) ([]TorchStep, error) {
	if e.Alpha == 0 {
		return torchElementwise("ELU")
	}
	return torchElementwise("ELU", torchArgument("alpha", e.Alpha, 1)...)
}

// SELU is a scaled ELU whose fixed point is mean 0 and variance 1, for kernels from [LecunNormal].
// Keras: "selu". Klambauer et al. 2017.
type SELU struct{}

var _ = activations.Add(SELU{}, codec.NoClass())
var _ = activations.Say("selu", SELU{})

// Activate returns 1.0507·elu(x, 1.6733).
func (SELU) Activate(x *graph.Node) *graph.Node {
	const alpha, scale = 1.6732632423543772, 1.0507009873554805
	return graph.MulScalar(elu(x, alpha), scale)
}

// Bounds are −1.758 and infinity.
func (SELU) Bounds() (low, high float64) { return -1.7580993408473766, math.Inf(1) }

// Apply is Activate.
func (s SELU) Apply(_ *model.Scope, x *graph.Node) *graph.Node { return s.Activate(asFloat(x)) }

// TorchSteps is nn.SELU.
func (SELU) TorchSteps([][]int) ([]TorchStep, error) { return torchElementwise("SELU") }

func elu(x *graph.Node, alpha float64) *graph.Node {
	positive := isPositive(x)
	// eˣ overflows where it isn't taken; its gradient there would be 0·∞ = NaN.
	negative := graph.Where(positive, graph.ScalarZero(x.Graph(), x.DType()), x)
	return graph.Where(positive, x, graph.MulScalar(expm1(negative), alpha))
}

// expm1 is eˣ−1, precise near zero. GoMLX has the function but not its gradient, which comes from eˣ:
// the difference added is zero.
func expm1(x *graph.Node) *graph.Node {
	exp := graph.Exp(x)
	return graph.Add(graph.StopGradient(graph.Expm1(x)), graph.Sub(exp, graph.StopGradient(exp)))
}

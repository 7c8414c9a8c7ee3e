package nn

import (
	"fmt"
	"math"

	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/ml/model"

	"example.com/unstuck/internal/codec"
)

// ReLU is max(x, 0). Its gradient is 1 above zero and 0 elsewhere. Keras: "relu"; with MaxValue 6 "relu6".
//
// With options, as Keras' ReLU layer: min(x, MaxValue) above Threshold, NegativeSlope·(x−Threshold) up to it.
// Each must be finite and not negative.
type ReLU struct {
	MaxValue      float64 `keras:"max_value,optional,from=0"` // largest output; 0: unlimited
	NegativeSlope float64 `keras:"negative_slope,from=0"`     // slope below the threshold
	Threshold     float64 `keras:"threshold,from=0"`          // below it the unit is off
}

var _ = activations.Add(ReLU{})
var _ = layers.Add(ReLU{})
var _ = activations.Say("relu", ReLU{})
var _ = activations.Say("relu6", ReLU{MaxValue: 6})

// Activate returns the rectified x.
func (r ReLU) Activate(x *graph.Node) *graph.Node {
	mustBeSlope("ReLU.MaxValue", r.MaxValue)
	mustBeSlope("ReLU.NegativeSlope", r.NegativeSlope)
	mustBeSlope("ReLU.Threshold", r.Threshold)
	if r.NegativeSlope != 0 && r.MaxValue == 0 && r.Threshold == 0 {
		return leaky(x, r.NegativeSlope)
	}
	y := rectify(x)
	if r.Threshold != 0 {
		above := rectify(graph.AddScalar(x, -r.Threshold))
		y = graph.Where(isPositive(above), x, graph.StopGradient(above))
	}
	if r.MaxValue != 0 {
		limit := graph.Scalar(x.Graph(), x.DType(), r.MaxValue)
		y = graph.Where(graph.LessThan(y, limit), y, graph.StopGradient(graph.Min(y, limit)))
	}
	if r.NegativeSlope != 0 {
		below := rectify(graph.AddScalar(graph.Neg(x), r.Threshold))
		y = graph.Sub(y, graph.MulScalar(below, r.NegativeSlope))
	}
	return y
}

// Bounds are 0 and MaxValue or infinity; with a NegativeSlope there is no lower one.
func (r ReLU) Bounds() (low, high float64) {
	low, high = 0, math.Inf(1)
	if r.MaxValue != 0 {
		high = r.MaxValue
	}
	if r.NegativeSlope != 0 {
		low = math.Inf(-1)
	}
	return low, high
}

// Apply is Activate.
func (r ReLU) Apply(_ *model.Scope, x *graph.Node) *graph.Node { return r.Activate(asFloat(x)) }

// TorchSteps is nn.ReLU, ReLU6, Hardtanh, LeakyReLU or Threshold, with a slope below a threshold or a limit an expression.
func (r ReLU) TorchSteps([][]int) ([]TorchStep, error) {
	threshold, limit := codec.PythonFloat(r.Threshold), codec.PythonFloat(r.MaxValue)
	switch r {
	case ReLU{}:
		return torchElementwise("ReLU")
	case ReLU{MaxValue: 6}:
		return torchElementwise("ReLU6")
	case ReLU{MaxValue: r.MaxValue}:
		return torchElementwise("Hardtanh", "0.0", limit)
	case ReLU{NegativeSlope: r.NegativeSlope}:
		return LeakyReLU{NegativeSlope: r.NegativeSlope}.TorchSteps(nil)
	case ReLU{MaxValue: r.MaxValue, Threshold: r.Threshold}:
		steps, err := torchElementwise("Threshold", threshold, "0.0")
		if r.MaxValue != 0 {
			steps = append(steps, TorchStep{Module: "nn.Hardtanh(0.0, " + limit + ")", Layout: ChannelsAnywhere})
		}
		return steps, err
	}
	above := "{x}"
	if r.MaxValue != 0 {
		above += ".clamp(max=" + limit + ")"
	}
	slope := codec.PythonFloat(r.NegativeSlope)
	return torchExpression(fmt.Sprintf("torch.where({x} > %s, %s, %s * ({x} - %s))", threshold, above, slope, threshold))
}

// LeakyReLU is x from zero on and NegativeSlope·x below, so that a unit that is off still learns. Maas et al. 2013.
//
// The default slope is that of Keras' layer; Keras' string "leaky_relu" means LeakyReLU{NegativeSlope: 0.2}.
type LeakyReLU struct {
	NegativeSlope float64 `keras:"negative_slope,alias=alpha,default=0.3,from=0"` // 0: 0.3; for no slope use [ReLU]; must not be negative
}

var _ = activations.Add(LeakyReLU{})
var _ = layers.Add(LeakyReLU{})
var _ = activations.Say("leaky_relu", LeakyReLU{NegativeSlope: 0.2})

// Activate returns x or NegativeSlope·x.
func (l LeakyReLU) Activate(x *graph.Node) *graph.Node {
	mustBeSlope("LeakyReLU.NegativeSlope", l.NegativeSlope)
	return leaky(x, l.slope())
}

func (l LeakyReLU) slope() float64 {
	if l.NegativeSlope == 0 {
		return 0.3
	}
	return l.NegativeSlope
}

// Apply is Activate.
func (l LeakyReLU) Apply(_ *model.Scope, x *graph.Node) *graph.Node { return l.Activate(asFloat(x)) }

// TorchSteps is nn.LeakyReLU.
func (l LeakyReLU) TorchSteps([][]int) ([]TorchStep, error) {
	return torchElementwise("LeakyReLU", torchArgument("negative_slope", l.slope(), 0.01)...)
}

// rectify is max(x, 0) whose gradient at 0 is 0: that of graph.Max would be 1. The maximum is kept for
// what isn't positive, as it lets NaN through.
func rectify(x *graph.Node) *graph.Node {
	zero := graph.ScalarZero(x.Graph(), x.DType())
	return graph.Where(isPositive(x), x, graph.StopGradient(graph.Max(x, zero)))
}

func leaky(x *graph.Node, slope float64) *graph.Node {
	positive := graph.GreaterOrEqual(x, graph.ScalarZero(x.Graph(), x.DType()))
	return graph.Where(positive, x, graph.MulScalar(x, slope))
}

package nn

import (
	"fmt"

	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/ml/model"
)

// GroupNormalization brings each of several groups of channels of a row to mean 0 and variance 1, over all places, then
// scales and shifts each channel, as Keras' GroupNormalization; training and inference are alike. Wu & He 2018.
//
//	y = gamma·(x−mean)/√(variance+Epsilon) + beta
//
// Shapes: x [batch, …, channels] → the same; gamma and beta [channels].
type GroupNormalization struct {
	Name     string  `keras:"-"`                            // empty: "group_normalization", "group_normalization_1", …
	Groups   int     `keras:"groups,default=32,from=-1"`    // neighbouring channels form one; must divide their number; −1: each channel by itself; 0: 32
	Axis     int     `keras:"axis,default=-1,from=-32"`     // of the channels, counted with the batch as 0, from the end when negative; 0: −1, the last
	Epsilon  float64 `keras:"epsilon,default=0.001,from=0"` // 0: 1e-3
	NoCenter bool    `keras:"center,not"`                   // leaves beta out
	NoScale  bool    `keras:"scale,not"`                    // leaves gamma out

	GammaInitializer Initializer `keras:",default=ones"`  // nil: Ones
	BetaInitializer  Initializer `keras:",default=zeros"` // nil: Zeros
	GammaRegularizer Regularizer // nil: none
	BetaRegularizer  Regularizer // nil: none
	GammaConstraint  Constraint  // nil: none
	BetaConstraint   Constraint  // nil: none
}

var _ = layers.Add(GroupNormalization{})

// Apply adds the layer to the graph. It panics when a setting makes no sense for x.
func (n GroupNormalization) Apply(scope *model.Scope, x *graph.Node) *graph.Node {
	epsilon := epsilonOrDefault("GroupNormalization", n.Epsilon)
	input := x.Shape().Dimensions
	axis, groups, err := n.settings(input)
	if err != nil {
		panic(err)
	}
	x = asFloat(x)
	w := create(scope, n, x)
	inGroups := append(append(append([]int{}, input[:axis]...), groups, input[axis]/groups), input[axis+1:]...)
	var within []int
	for a := 1; a < len(inGroups); a++ {
		if a != axis {
			within = append(within, a)
		}
	}
	y := graph.Reshape(x, inGroups...)
	y = graph.Sub(y, graph.ReduceAndKeep(y, graph.ReduceMean, within...))
	variance := graph.ReduceAndKeep(graph.Square(y), graph.ReduceMean, within...)
	y = graph.Reshape(graph.Div(y, graph.Sqrt(graph.AddScalar(variance, epsilon))), input...)
	perChannel := make([]int, len(input))
	for a := range perChannel {
		perChannel[a] = 1
	}
	perChannel[axis] = input[axis]
	if gamma := w.node("gamma"); gamma != nil {
		y = graph.Mul(y, graph.Reshape(gamma, perChannel...))
	}
	if beta := w.node("beta"); beta != nil {
		y = graph.Add(y, graph.Reshape(beta, perChannel...))
	}
	return y
}

// settings are the axis of the channels and the number of groups.
func (n GroupNormalization) settings(input []int) (axis, groups int, err error) {
	if n.Axis == 0 {
		n.Axis = -1
	}
	axis, ok := normalAxis(n.Axis, len(input))
	if !ok || axis == 0 {
		return 0, 0, fmt.Errorf("GroupNormalization.Axis is %d, must be from 1 to %d for an input of shape %v", n.Axis, len(input)-1, input)
	}
	channels := input[axis]
	switch groups = n.Groups; groups {
	case 0:
		groups = 32
	case -1:
		groups = channels
	}
	if groups < 1 || channels%groups != 0 {
		return 0, 0, fmt.Errorf("GroupNormalization.Groups is %d, must divide the %d channels of %v", groups, channels, input)
	}
	return axis, groups, nil
}

// OutputShape is the input's.
func (n GroupNormalization) OutputShape(input ...int) ([]int, error) {
	_, _, err := n.settings(input)
	return input, err
}

// Weights are gamma and beta.
func (n GroupNormalization) Weights(input ...int) []Weight {
	axis := n.Axis
	if axis <= 0 {
		axis += len(input)
	}
	if n.Axis == 0 {
		axis = len(input) - 1
	}
	return affineWeights([]int{input[axis]}, !n.NoScale, !n.NoCenter, n.GammaInitializer, n.BetaInitializer, n.GammaRegularizer, n.BetaRegularizer)
}

// TorchSteps is nn.GroupNorm, which has its channels behind the batch.
func (n GroupNormalization) TorchSteps(inputs [][]int) ([]TorchStep, error) {
	axis, groups, err := n.settings(inputs[0])
	if err != nil {
		return nil, err
	}
	arguments := []string{fmt.Sprint(groups), fmt.Sprint(inputs[0][axis])}
	arguments = append(arguments, torchArgument("eps", epsilonOrDefault("GroupNormalization", n.Epsilon), 1e-5)...)
	step := torchNorm("nn.GroupNorm", arguments, !n.NoScale, !n.NoCenter)
	switch {
	case axis == 1:
	case axis == len(inputs[0])-1:
		step.Layout = ChannelsFirst
	default:
		step.Forward = fmt.Sprintf("{m}({x}.movedim(%d, 1)).movedim(1, %d)", axis, axis)
	}
	return []TorchStep{step}, nil
}

package nn

import (
	"math"

	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"github.com/gomlx/gomlx/ml/model"
)

// drawKey is the key of this step's draws of a layer that draws in training, and nil in inference. It makes the two
// variables that [Dropout] describes, and counts the step.
func drawKey(scope *model.Scope, g *graph.Graph) *graph.Node {
	// Created in inference too: the set of variables must not depend on the mode.
	key := drawnKey(scope, dropoutKey)
	step := scope.VariableWithValue("dropout_step", tensors.FromScalar(uint32(0))).SetTrainable(false)
	if !scope.Store().IsTraining(g) {
		return nil
	}
	now := step.NodeValue(g)
	step.SetNodeValue(graph.AddScalar(now, 1))
	return stepKey(key.NodeValue(g), now)
}

// kept draws a mask: true with the probability 1−rate.
func kept(g *graph.Graph, key *graph.Node, rate float64, dims []int) *graph.Node {
	return graph.GreaterOrEqual(uniform(g, key, dims), graph.Scalar(g, dtypes.Float32, rate))
}

// normal draws from the normal distribution of mean 0 and variance 1, by Box and Muller's transform.
func normal(g *graph.Graph, key *graph.Node, dims []int) *graph.Node {
	radius := graph.OneMinus(uniform(g, key, dims)) // above 0, so that it has a logarithm
	angle := uniform(g, scramble(graph.Add(key, word(key, 0x3c6ef372))), dims)
	return graph.Mul(graph.Sqrt(graph.MulScalar(graph.Log(radius), -2)), graph.Cos(graph.MulScalar(angle, 2*math.Pi)))
}

package optim

import (
	"fmt"
	"math"

	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/ml/model"

	"example.com/unstuck/internal/codec"
)

// LossScale skips the steps that Keras' LossScaleOptimizer does: those whose gradients aren't finite once they are
// multiplied by a scale, which is halved then, and doubled after so many good steps.
//
// Keras multiplies the loss so that small gradients survive float16, and divides the gradients again. In float32, which
// everything is computed in here, only the skipping is left of that. Put it first. A skipped step counts as with
// [SkipNonFinite]; weights, moments and step counters stay as they were.
type LossScale struct {
	Initial float64 // scale of the first step; 0 means 2¹⁵
	Growth  int     // good steps until the scale is doubled; 0 means 2000
}

func (l LossScale) defaults() LossScale {
	if l.Initial == 0 {
		l.Initial = 1 << 15
	}
	if l.Growth == 0 {
		l.Growth = 2000
	}
	return l
}

// Apply returns the gradients unchanged.
func (LossScale) Apply(_ *model.Scope, _ []*model.Variable, gradients []*graph.Node) []*graph.Node {
	return gradients
}

func (l LossScale) permit(scope *model.Scope, gradients []*graph.Node) permission {
	l = l.defaults()
	g := gradients[0].Graph()
	scale := scope.VariableWithValue("dynamic_scale", float32(l.Initial)).SetTrainable(false)
	counter := scope.VariableWithValue("step_counter", int64(0)).SetTrainable(false)
	factor, count := scale.NodeValue(g), counter.NodeValue(g)
	scaled := make([]*graph.Node, len(gradients))
	for i, x := range gradients {
		scaled[i] = graph.Mul(x, factor)
	}
	allowed := allFinite(scaled)
	full := graph.Equal(count, graph.Scalar(g, dtypes.Int64, l.Growth-1))
	nextCount := graph.Where(graph.LogicalAnd(allowed, graph.LogicalNot(full)), graph.OnePlus(count), graph.ZerosLike(count))
	grown := graph.Where(full, graph.MulScalar(factor, 2), factor)
	nextFactor := graph.Where(allowed, grown, graph.MulScalar(factor, 0.5))
	return permission{allowed: allowed, remember: func() {
		scale.SetNodeValue(nextFactor)
		counter.SetNodeValue(nextCount)
	}}
}

// Validate refuses a scale that isn't positive and finite, and negative steps.
func (l LossScale) Validate() error {
	l = l.defaults()
	if !(l.Initial > 0) || math.IsInf(l.Initial, 1) || l.Growth < 1 {
		return fmt.Errorf("LossScale of %g, growing after %d steps: both must be positive, and finite", l.Initial, l.Growth)
	}
	return nil
}

func (l LossScale) kerasWrapped(inner string) string {
	call := codec.Call{Function: "keras.optimizers.LossScaleOptimizer", Arguments: []string{inner}}
	if l.Initial != 0 {
		call.Arguments = append(call.Arguments, "initial_scale="+codec.PythonFloat(l.Initial))
	}
	if l.Growth != 0 {
		call.Arguments = append(call.Arguments, fmt.Sprintf("dynamic_growth_steps=%d", l.Growth))
	}
	return call.String()
}

// ProgramKey holds both settings.
func (l LossScale) ProgramKey() (string, bool) { return fmt.Sprintf("%#v", l), true }

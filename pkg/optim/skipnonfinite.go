package optim

import (
	"fmt"

	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"github.com/gomlx/gomlx/ml/model"
	"github.com/gomlx/gomlx/ml/train/optimizer"
)

// SkipNonFinite calls a whole step off when any gradient has a NaN or an infinity in it: weights, moments
// and step counters stay as they were, and [SkippedSteps] counts one more.
//
// It looks at the gradients at its place in the chain, so put it first, before a clip spreads or hides the
// fault. It acts within an [Optimizer] or [Wrap]; on its own it passes the gradients on as they are. What
// the forward pass changed before, such as the moving averages of a batch normalization, isn't undone.
type SkipNonFinite struct{}

// Apply returns the gradients unchanged.
func (SkipNonFinite) Apply(_ *model.Scope, _ []*model.Variable, gradients []*graph.Node) []*graph.Node {
	return gradients
}

func (SkipNonFinite) permit(_ *model.Scope, gradients []*graph.Node) permission {
	return permission{allowed: allFinite(gradients)}
}

func allFinite(gradients []*graph.Node) *graph.Node {
	all := make([]*graph.Node, len(gradients))
	for i, g := range gradients {
		all[i] = graph.LogicalAll(graph.IsFinite(g))
	}
	return allTrue(all)
}

// ProgramKey names the computation.
func (SkipNonFinite) ProgramKey() (string, bool) { return "SkipNonFinite", true }

// skippedSteps is the path of the counter, an int64 scalar.
var skippedSteps = model.JoinPath("/", optimizer.Scope, "skipped_steps")

// SkippedSteps is how many steps [SkipNonFinite] has called off for the model in this store; 0 if there is
// none.
func SkippedSteps(of model.StoreProvider) (int64, error) {
	v := of.Store().GetVariable(skippedSteps)
	if v == nil {
		return 0, nil
	}
	value, err := v.Value()
	if err != nil {
		return 0, fmt.Errorf("reading %s: %w", skippedSteps, err)
	}
	return tensors.ToScalar[int64](value), nil
}

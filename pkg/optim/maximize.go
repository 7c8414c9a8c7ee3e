package optim

import (
	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/ml/model"
)

// Maximize turns the gradients around, so that the loss rises: PyTorch's maximize=True.
type Maximize struct{}

// Apply implements [Transform].
func (Maximize) Apply(_ *model.Scope, _ []*model.Variable, gradients []*graph.Node) []*graph.Node {
	turned := make([]*graph.Node, len(gradients))
	for i, g := range gradients {
		turned[i] = graph.Neg(g)
	}
	return turned
}

// ProgramKey names the computation.
func (Maximize) ProgramKey() (string, bool) { return "Maximize", true }

package optim

import (
	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/ml/model"
)

// ClipByValue cuts each element of each gradient to [−Max, Max]: Keras' clipvalue. The direction changes.
//
// A NaN stays NaN; an infinity becomes ±Max. Max must be positive and finite; it lives in a variable, so
// another value needs no recompilation.
type ClipByValue struct{ Max float64 }

// Apply implements [Transform].
func (c ClipByValue) Apply(scope *model.Scope, _ []*model.Variable, gradients []*graph.Node) []*graph.Node {
	clipped := make([]*graph.Node, len(gradients))
	for i, g := range gradients {
		high := limit(scope, "max", c.Max, g)
		low := graph.Neg(high)
		// Comparisons are false for NaN, which therefore stays; backends differ in what min and max do with it.
		g = graph.Where(graph.LessThan(g, low), low, g)
		clipped[i] = graph.Where(graph.GreaterThan(g, high), high, g)
	}
	return clipped
}

// Validate refuses a Max that is zero, negative, NaN or infinite.
func (c ClipByValue) Validate() error { return validateLimit("ClipByValue.Max", c.Max) }

// Limits is Max.
func (c ClipByValue) Limits() map[string]float64 { return map[string]float64{"max": c.Max} }

func (c ClipByValue) kerasArgument() (name string, value float64) { return "clipvalue", c.Max }

// ProgramKey names the computation; Max isn't part of it.
func (c ClipByValue) ProgramKey() (string, bool) { return "ClipByValue", true }

package optim

import (
	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/ml/model"
)

// Observer is told, while a graph is built, the gradients that the rule is given: behind all
// transformations. vars and gradients run in parallel.
type Observer func(vars []*model.Variable, gradients []*graph.Node)

type observerKey struct{}

// Observe makes f the observer of graph g; nil ends it.
func Observe(g *graph.Graph, f Observer) {
	if f == nil {
		g.AttachState(observerKey{}, nil)
		return
	}
	g.AttachState(observerKey{}, f)
}

func observe(g *graph.Graph, vars []*model.Variable, gradients []*graph.Node) {
	if f, ok := g.State(observerKey{}).(Observer); ok {
		f(vars, gradients)
	}
}

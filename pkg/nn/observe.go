package nn

import (
	"github.com/gomlx/gomlx/core/graph"
)

// Observer is told about each layer's output while a graph is built, outermost last. Probes attach
// here: what the observer adds to the graph is computed together with the model.
type Observer func(scope string, layer Layer, output *graph.Node)

type observerKey struct{}

// Observe makes f the observer of graph g, until the next call; nil ends it.
func Observe(g *graph.Graph, f Observer) {
	if f == nil {
		g.AttachState(observerKey{}, nil)
		return
	}
	g.AttachState(observerKey{}, f)
}

func observe(g *graph.Graph, scope string, l Layer, output *graph.Node) {
	if f, ok := g.State(observerKey{}).(Observer); ok {
		f(scope, l, output)
	}
}

// observed runs build while the observer, where there is one, is what change makes of it.
func observed(g *graph.Graph, change func(Observer) Observer, build func()) {
	f, ok := g.State(observerKey{}).(Observer)
	if ok {
		g.AttachState(observerKey{}, change(f))
		defer g.AttachState(observerKey{}, f)
	}
	build()
}

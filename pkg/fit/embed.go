package fit

import (
	"github.com/gomlx/compute"
	"github.com/gomlx/compute/shapes"
	"github.com/gomlx/gomlx/core/graph"
)

// embed writes what build adds to its graph into the function f of a program that is under construction
// in builder: the graph's parameters become f's parameters, the returned nodes f's results.
//
// GoMLX can make closures itself, but shares cached constants between a graph's functions, which XLA
// refuses, and nests them one level deep only. A graph of its own for each function has neither limit,
// and lets the same build function serve as a stand-alone program.
func embed(backend compute.Backend, builder compute.Builder, f compute.Function, name string,
	build func(g *graph.Graph) []*graph.Node) error {
	if err := forgetReductions(builder); err != nil {
		return err
	}
	return catch(func() {
		g := graph.NewGraph(embeddedBackend{backend, embeddedBuilder{builder, f}}, name)
		if err := g.Compile(build(g)...); err != nil {
			panic(err)
		}
	})
}

// embeddedBackend hands out one builder: that of the function being written.
type embeddedBackend struct {
	compute.Backend
	builder embeddedBuilder
}

func (b embeddedBackend) Builder(string) compute.Builder { return b.builder }

// embeddedBuilder shows a function of a larger program as if it were a program's main function.
type embeddedBuilder struct {
	compute.Builder
	function compute.Function
}

func (b embeddedBuilder) Main() compute.Function { return b.function }

// Compile leaves the compilation to the program around it.
func (b embeddedBuilder) Compile() (compute.Executable, error) { return unexecutable{}, nil }

// unexecutable stands for a function that only runs as part of its program.
type unexecutable struct{ compute.Executable }

func (unexecutable) Finalize() {}

// compileGraph compiles a program of one function.
func compileGraph(backend compute.Backend, name string, build func(g *graph.Graph) []*graph.Node) (exe compute.Executable, err error) {
	caught := catch(func() {
		g := graph.NewGraph(backend, name)
		if err = g.Compile(build(g)...); err == nil {
			exe = g.Executable()
		}
	})
	if caught != nil {
		return nil, caught
	}
	return exe, err
}

// loop adds `while step < stop { state = body(state) }` to the function f and returns the final state.
// The last two values of the state are the int32 scalars step and stop; body must advance step.
func loop(backend compute.Backend, builder compute.Builder, f compute.Function, name string,
	state []compute.Value, body func(g *graph.Graph) []*graph.Node) ([]compute.Value, error) {
	stateShapes := make([]shapes.Shape, len(state))
	for i, v := range state {
		var err error
		if stateShapes[i], err = builder.OpShape(v); err != nil {
			return nil, err
		}
	}
	bodyFn, err := loopClosure(f, state)
	if err != nil {
		return nil, err
	}
	if err := embed(backend, builder, bodyFn, name, body); err != nil {
		return nil, err
	}
	condFn, err := loopCondition(backend, builder, f, name, state, stateShapes)
	if err != nil {
		return nil, err
	}
	return f.While(condFn, bodyFn, state...)
}

// loopClosure is a closure for a loop over state; of several replicas it is told which of that they share.
func loopClosure(f compute.Function, state []compute.Value) (compute.Function, error) {
	if r, ok := f.(interface {
		LoopClosure(...compute.Value) (compute.Function, error)
	}); ok {
		return r.LoopClosure(state...)
	}
	return f.Closure()
}

// loopCondition is step < stop.
func loopCondition(backend compute.Backend, builder compute.Builder, f compute.Function, name string,
	state []compute.Value, stateShapes []shapes.Shape) (compute.Function, error) {
	condFn, err := loopClosure(f, state)
	if err != nil {
		return nil, err
	}
	err = embed(backend, builder, condFn, name+" condition", func(g *graph.Graph) []*graph.Node {
		params := parameters(g, name+"_condition", stateShapes)
		return []*graph.Node{graph.LessThan(params[len(params)-2], params[len(params)-1])}
	})
	return condFn, err
}

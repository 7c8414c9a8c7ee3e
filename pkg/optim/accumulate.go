package optim

import (
	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/ml/model"
)

// collection is the gradients of several steps on their way to become one.
type collection struct {
	gradients []*graph.Node // what the step works with
	complete  *graph.Node   // boolean scalar, true in the step that moves the weights; nil: each does

	slots []Slot
	sums  []*graph.Node // what the slots hold behind this step, if it isn't complete
	count Slot
	next  *graph.Node
}

// collect adds the gradients to those of the steps before.
func (o Optimizer) collect(own *model.Scope, vars []*model.Variable, gradients []*graph.Node) collection {
	if o.Accumulate < 2 {
		return collection{gradients: gradients}
	}
	g := gradients[0].Graph()
	counter := own.VariableWithValue("accumulated_steps", int64(0)).SetTrainable(false)
	c := collection{count: Slot{counter}}
	c.next = graph.AddScalar(counter.NodeValue(g), 1)
	c.complete = graph.Equal(c.next, graph.Scalar(g, dtypes.Int64, o.Accumulate))
	state := &State{scope: own, graph: g}
	for i, v := range vars {
		state.variable = v
		slot := state.Slot("gradient_accumulator", 0)
		sum := graph.Add(gradients[i], slot.Value(g))
		c.slots, c.sums = append(c.slots, slot), append(c.sums, sum)
		c.gradients = append(c.gradients, graph.DivScalar(sum, float64(o.Accumulate)))
	}
	return c
}

// settle calls the update off where the collection isn't complete, and keeps the sums; else it begins anew.
func (c collection) settle(update *guard) {
	if c.complete == nil {
		return
	}
	update.keep(c.complete)
	for i, slot := range c.slots {
		slot.Set(graph.Where(c.complete, graph.ZerosLike(c.sums[i]), c.sums[i]))
	}
	c.count.Set(graph.Where(c.complete, graph.ZerosLike(c.next), c.next))
}

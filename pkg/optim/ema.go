package optim

import (
	"fmt"

	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/ml/model"
	"github.com/gomlx/gomlx/ml/train/optimizer"
)

// averages is the scope of the weights' moving averages, below the optimizer's.
const averages = "average"

// average moves the averages of the weights on by one step, where it is permitted; nil: always. step counts the updates
// from 1, this one included.
func (o Optimizer) average(own *model.Scope, vars []*model.Variable, step, permitted *graph.Node) {
	if o.EMAMomentum == 0 {
		return
	}
	g := step.Graph()
	state := &State{scope: own, graph: g}
	first := graph.Equal(step, graph.ScalarOne(g, step.DType()))
	momentum := graph.Where(first, graph.ScalarZero(g, step.DType()), graph.Scalar(g, step.DType(), o.EMAMomentum))
	for _, v := range vars {
		state.variable = v
		slot, w := state.Slot(averages, 0), v.NodeValue(g)
		old := slot.Value(g)
		next := graph.Add(graph.Mul(momentum, old), graph.Mul(graph.OneMinus(momentum), w))
		if permitted != nil {
			next = graph.Where(permitted, next, old)
		}
		slot.Set(next)
		if o.EMAOverwrite == 0 {
			continue
		}
		every := graph.Scalar(g, step.DType(), o.EMAOverwrite)
		now := graph.Equal(graph.Mod(step, every), graph.ScalarZero(g, step.DType()))
		if permitted != nil {
			now = graph.LogicalAnd(now, permitted)
		}
		v.SetNodeValue(graph.Where(now, next, w))
	}
}

// Finish puts the moving averages in the weights' place where the optimizer keeps any, as Keras does when a training is
// over; package fit calls it. The error names the weight.
func (o Optimizer) Finish(of model.StoreProvider) error {
	if o.EMAMomentum == 0 {
		return nil
	}
	store := of.Store()
	for v := range store.IterVariables() {
		if !v.Trainable {
			continue
		}
		average := store.GetVariable(model.JoinPath("/", optimizer.Scope, averages, v.Path()))
		if average == nil {
			continue // it wasn't trained
		}
		value, err := average.Value()
		if err != nil {
			return fmt.Errorf("the average of %s: %w", v.Path(), err)
		}
		copied, err := value.LocalClone()
		if err == nil {
			err = v.SetValue(copied)
		}
		if err != nil {
			return fmt.Errorf("setting %s to its average: %w", v.Path(), err)
		}
	}
	return nil
}

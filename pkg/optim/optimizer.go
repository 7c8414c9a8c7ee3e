package optim

import (
	"fmt"
	"math"

	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/ml/model"
	"github.com/gomlx/gomlx/ml/train"
	"github.com/gomlx/gomlx/ml/train/optimizer"
	"github.com/gomlx/gomlx/support/exceptions"
)

// Optimizer says how a gradient becomes a step. Make one with [Adam], [SGD], …; the zero value has no
// rule and is refused by [Optimizer.Validate].
type Optimizer struct {
	Rule         Rule        // the formula, with its settings
	LearningRate float64     // used when Schedule is nil; 0 is a real rate: nothing moves
	Schedule     Schedule    // learning rate as a function of the step; nil: constant LearningRate
	Transforms   []Transform // applied to the gradients before the rule, in this order
	WeightDecay  float64     // decoupled: w ← w − rate·WeightDecay·w before the rule's step, as in Keras; 0: none
}

var (
	_ optimizer.Interface         = Optimizer{}
	_ train.OptimizeWithGradients = Optimizer{}
)

// With returns a copy with more gradient transformations behind those already there.
func (o Optimizer) With(t ...Transform) Optimizer {
	o.Transforms = append(append([]Transform(nil), o.Transforms...), t...)
	return o
}

// WithRate returns a copy with another constant learning rate and no schedule.
func (o Optimizer) WithRate(learningRate float64) Optimizer {
	o.LearningRate, o.Schedule = learningRate, nil
	return o
}

// WithSchedule returns a copy whose learning rate follows s.
func (o Optimizer) WithSchedule(s Schedule) Optimizer {
	o.Schedule = s
	return o
}

// Rate is the learning rate of a step; steps count from 0.
func (o Optimizer) Rate(step int) float64 {
	if o.Schedule != nil {
		return o.Schedule.At(step)
	}
	return o.LearningRate
}

// Validate refuses a missing rule, a learning rate or weight decay that is negative, NaN or infinite,
// and settings that the rule, the schedule or a transformation refuses.
func (o Optimizer) Validate() error {
	if o.Rule == nil {
		return fmt.Errorf("the optimizer has no rule: start from optim.Adam(1e-3), optim.SGD(0.01), …")
	}
	if o.Schedule == nil && !nonNegative(o.LearningRate) {
		return fmt.Errorf("learning rate %g: must be zero or positive, and finite", o.LearningRate)
	}
	if !nonNegative(o.WeightDecay) {
		return fmt.Errorf("weight decay %g: must be zero or positive, and finite", o.WeightDecay)
	}
	parts := []any{o.Rule, o.Schedule}
	for _, t := range o.Transforms {
		parts = append(parts, t)
	}
	for _, part := range parts {
		if v, ok := part.(interface{ Validate() error }); ok {
			if err := v.Validate(); err != nil {
				return err
			}
		}
	}
	return nil
}

func nonNegative(x float64) bool { return x >= 0 && !math.IsInf(x, 1) }

// UpdateGraph adds one training step on the scalar loss. It implements optimizer.Interface, for GoMLX's
// trainer, where a Schedule is not followed: its first rate is used.
func (o Optimizer) UpdateGraph(scope *model.Scope, _ *graph.Graph, loss *graph.Node) {
	o.UpdateGraphWithGradients(scope, scope.BuildTrainableVariablesGradientsGraph(loss), loss.DType())
}

// UpdateGraphWithGradients adds one training step from the gradients of the trainable variables, in the
// order of scope.IterVariables. It implements train.OptimizeWithGradients.
func (o Optimizer) UpdateGraphWithGradients(scope *model.Scope, grads []*graph.Node, lossDType dtypes.DType) {
	if err := o.Validate(); err != nil {
		panic(err)
	}
	if len(grads) == 0 {
		exceptions.Panicf("there is nothing to train: no variable is trainable")
	}
	g := grads[0].Graph()
	vars := trainables(scope, g)
	if len(vars) != len(grads) {
		exceptions.Panicf("%d gradients for %d trainable variables", len(grads), len(vars))
	}
	grads = Chain(o.Transforms).Apply(scope.At(optimizer.Scope), vars, grads)

	rate := optimizer.LearningRateVar(scope, lossDType, o.Rate(0)).NodeValue(g)
	step := optimizer.IncrementGlobalStep(g, lossDType)
	state := &State{scope: scope.At(optimizer.Scope), graph: g, LearningRate: rate, Step: step}
	if r, ok := o.Rule.(preparer); ok {
		r.prepare(state)
	}
	for i, v := range vars {
		state.variable = v
		w := v.NodeValue(g)
		if o.WeightDecay > 0 {
			w = graph.Sub(w, graph.Mul(w, graph.MulScalar(rate, o.WeightDecay)))
		}
		v.SetNodeValue(o.Rule.Update(state, w, grads[i]))
	}
}

// Clear deletes the optimizer's variables (moments, learning rate). It implements optimizer.Interface.
func (o Optimizer) Clear(scope *model.Scope) error {
	return scope.At(optimizer.Scope).DeleteVariablesInScope()
}

// trainables are the variables that GoMLX takes gradients of, in its order.
func trainables(scope *model.Scope, g *graph.Graph) []*model.Variable {
	var vars []*model.Variable
	for v := range scope.IterVariables() {
		if v.Trainable && v.InUseByGraph(g) {
			vars = append(vars, v)
		}
	}
	return vars
}

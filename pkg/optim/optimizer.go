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

	// Groups are weights that are trained otherwise, each weight in one of them at most; what is in none follows the settings
	// above. Transforms see all weights together, as PyTorch's clip_grad_norm_(model.parameters()) does.
	Groups []Group

	// Accumulate is after how many steps the weights move, by the mean of the gradients; 0 and 1: after each. The
	// schedule counts every step, the rule only those that move. Keras: gradient_accumulation_steps.
	Accumulate int
	// EMAMomentum is the share of the old value in a moving average of the weights, which begins with the weights after
	// the first step; in [0, 1], 0: there is none. Keras: use_ema with ema_momentum.
	EMAMomentum float64
	// EMAOverwrite is after how many steps the average takes the weights' place, again and again; 0: only when the
	// training is over, see [Optimizer.Finish]. Keras: ema_overwrite_frequency.
	EMAOverwrite int
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

// WithRule returns a copy that follows another rule.
func (o Optimizer) WithRule(r Rule) Optimizer {
	o.Rule = r
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

// WithWeightDecay returns a copy with another decoupled weight decay; 0: none.
func (o Optimizer) WithWeightDecay(d float64) Optimizer {
	o.WeightDecay = d
	return o
}

// WithGroups returns a copy with these groups of weights and no others.
func (o Optimizer) WithGroups(g ...Group) Optimizer {
	o.Groups = append([]Group(nil), g...)
	return o
}

// WithAccumulation returns a copy that moves the weights every so many steps, by the mean of the gradients.
func (o Optimizer) WithAccumulation(steps int) Optimizer {
	o.Accumulate = steps
	return o
}

// WithEMA returns a copy that averages the weights with that momentum; every so many steps the average takes their
// place, with 0 only when the training is over.
func (o Optimizer) WithEMA(momentum float64, every int) Optimizer {
	o.EMAMomentum, o.EMAOverwrite = momentum, every
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
	if o.Accumulate < 0 || o.EMAOverwrite < 0 {
		return fmt.Errorf("accumulation over %d steps, averages every %d: must not be negative", o.Accumulate, o.EMAOverwrite)
	}
	if !(o.EMAMomentum >= 0 && o.EMAMomentum <= 1) {
		return fmt.Errorf("the momentum of the weights' average is %g: must lie in [0, 1]", o.EMAMomentum)
	}
	if err := validate(o.Rule); err != nil {
		return err
	}
	if err := validate(o.Schedule); err != nil {
		return fmt.Errorf("learning-rate schedule: %w", err)
	}
	if err := Chain(o.Transforms).Validate(); err != nil {
		return err
	}
	return validateGroups(o.Groups)
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
	vars, g := trainables(scope, grads), grads[0].Graph()
	for _, v := range vars {
		if v.DType() != dtypes.Float32 || lossDType != dtypes.Float32 {
			exceptions.Panicf("variable %s is %s and the loss %s: both must be Float32", v.Path(), v.DType(), lossDType)
		}
	}
	own := scope.At(optimizer.Scope)
	collected := o.collect(own, vars, grads)
	grads = collected.gradients
	before := newGuard(scope.Store(), g)
	grads, permissions := Chain(o.Transforms).apply(own, vars, grads)
	observe(g, vars, grads)

	optimizer.IncrementGlobalStep(g, lossDType) // for GoMLX's trainer and checkpoints; the rules count for themselves
	state := State{
		LearningRate: optimizer.LearningRateVar(scope, lossDType, o.Rate(0)).NodeValue(g),
		Step:         nextIteration(own, g, lossDType),
		scope:        own,
		graph:        g,
	}
	rest, restGrads := o.updateGroups(state, vars, grads)
	o.update(state, rest, restGrads)
	before.require(permissions, collected.complete)
	collected.settle(before)
	o.average(own, vars, state.Step, allPermitted(permissions))
}

// update moves weights by the rule.
func (o Optimizer) update(state State, vars []*model.Variable, grads []*graph.Node) {
	if len(vars) == 0 {
		return
	}
	if r, ok := o.Rule.(preparer); ok {
		r.prepare(&state)
	}
	for i, v := range vars {
		state.variable = v
		w := v.NodeValue(state.graph)
		if decay := o.decayOf(v); decay > 0 {
			w = graph.Sub(w, graph.Mul(graph.MulScalar(w, decay), state.LearningRate))
		}
		v.SetNodeValue(o.Rule.Update(&state, w, grads[i]))
	}
}

// decayer is a Rule that decays some weights otherwise.
type decayer interface {
	decayOf(v *model.Variable, general float64) float64
}

func (o Optimizer) decayOf(v *model.Variable) float64 {
	if r, ok := o.Rule.(decayer); ok {
		return r.decayOf(v, o.WeightDecay)
	}
	return o.WeightDecay
}

// nextIteration counts the optimizer's own steps, from 1: GoMLX's global step goes on after Clear, when
// the moments start anew and Adam's bias correction has to as well.
func nextIteration(own *model.Scope, g *graph.Graph, dtype dtypes.DType) *graph.Node {
	v := own.VariableWithValue("iteration", int64(0)).SetTrainable(false)
	next := graph.AddScalar(v.NodeValue(g), 1)
	v.SetNodeValue(next)
	return graph.ConvertDType(next, dtype)
}

// Clear deletes the optimizer's variables (moments, iteration, learning rate, limits). It implements
// optimizer.Interface.
func (o Optimizer) Clear(scope *model.Scope) error {
	return scope.At(optimizer.Scope).DeleteVariablesInScope()
}

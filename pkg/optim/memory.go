package optim

import (
	"errors"
	"fmt"
)

// Memory is what an optimizer remembers of a training: how many steps it made, and what its rule keeps for each weight.
// It is a plain value, which readers of files make and a fit.Model goes on from.
type Memory struct {
	Steps int // made so far
	Slots []Remembered
}

// Remembered is the value of one slot of a weight.
type Remembered struct {
	Slot   string    // its name, see [Optimizer.Slots]
	Weight string    // path of the weight: "/dense/kernel"
	Shape  []int     // the weight's
	Values []float32 // row-major
}

// remembering is a rule that says which slots it keeps for a weight, in the order in which Keras makes them. Slots in one
// group are made weight by weight, all of a weight before those of the next.
type remembering interface {
	slots() (groups [][]string)
}

// Slots are the names of what the optimizer keeps for each weight, in Keras' order: those of one group are made weight by
// weight, all of a weight before those of the next. None for an optimizer that remembers but its steps.
//
// An error says what of it keeps more than [Memory] holds: averages of the weights, gradients that are accumulated,
// transformations with a state, and rules with slots of other kinds.
func (o Optimizer) Slots() ([][]string, error) {
	switch {
	case o.EMAMomentum != 0:
		return nil, errors.New("averages of the weights (use_ema)")
	case len(o.Groups) > 0:
		return nil, errors.New("groups of weights that are trained otherwise")
	case o.Accumulate > 1:
		return nil, errors.New("accumulated gradients (gradient_accumulation_steps)")
	}
	for _, t := range o.Transforms {
		switch t.(type) {
		case ClipByNorm, ClipByGlobalNorm, ClipByValue, AdaptiveClip, L2Decay, Maximize: // which forget
		default:
			return nil, fmt.Errorf("the state of %T", t)
		}
	}
	r, ok := o.Rule.(remembering)
	if !ok {
		return nil, fmt.Errorf("what %T keeps", o.Rule)
	}
	return r.slots(), nil
}

func (r SGDRule) slots() [][]string {
	if r.Momentum == 0 {
		return nil
	}
	if r.Velocity {
		return [][]string{{"velocity"}}
	}
	return [][]string{{"momentum"}}
}

func (r AdamRule) slots() [][]string {
	groups := [][]string{{"m", "v"}}
	if r.AMSGrad {
		groups = append(groups, []string{"vhat"})
	}
	return groups
}

func (r RMSpropRule) slots() [][]string {
	groups := [][]string{{"velocity"}}
	if r.Momentum > 0 {
		groups = append(groups, []string{"momentum"})
	}
	if r.Centered {
		groups = append(groups, []string{"average_gradient"})
	}
	return groups
}

func (AdagradRule) slots() [][]string { return [][]string{{"accumulator"}} }
func (AdadeltaRule) slots() [][]string {
	return [][]string{{"accumulated_gradient", "accumulated_delta"}}
}
func (AdamaxRule) slots() [][]string { return [][]string{{"momentum", "norm"}} }
func (LionRule) slots() [][]string   { return [][]string{{"momentum"}} }
func (FtrlRule) slots() [][]string   { return [][]string{{"accumulator", "linear"}} }
func (LambRule) slots() [][]string   { return [][]string{{"momentum", "velocity"}} }

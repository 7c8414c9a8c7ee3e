package loop

import (
	"fmt"
	"math"

	"example.com/unstuck/pkg/loss"
)

// sigmoidInModel is how a loss of logits comes by what a sigmoid gives.
const sigmoidInModel = "a sigmoid within the model"

// sigmoidWithin looks for a model that ends in a sigmoid, where the claimed loss takes one of its own: the recorded loss is the claimed one then, and
// the fault is in the model's head. That outputs lie between 0 and 1 doesn't show it, as logits may, too: the operation that gave them does.
func sigmoidWithin(r *Recording, all *replays) *Finding {
	numbers, least := 0, 0.0
	made, reaches := false, true // whether what can be reached with two sigmoids is all that the targets ask for
	var first *Step
	for k := range r.Steps {
		s, c := &r.Steps[k], all.steps[k].claim
		if s.MadeBy != nil {
			if len(s.MadeBy) != 1 || s.MadeBy[0] != "sigmoid" {
				return nil
			}
			made = true
		}
		if c == nil || s.Loss == nil || len(c.outputs) != 1 || len(c.targets) != 1 || !near(*s.Loss, all.steps[k].value, s.tolerance()) {
			continue
		}
		if !takesSigmoid(c.loss) {
			return nil
		}
		for i, v := range c.outputs[0].Values {
			if v < 0 || v > 1 {
				return nil
			}
			if i < len(c.targets[0].Values) {
				t := float64(c.targets[0].Values[i])
				least += t*math.Log(1+1/math.E) + (1-t)*math.Ln2
				reaches = reaches && t >= lowestOfTwo && t <= highestOfTwo
			}
			numbers++
		}
		if first == nil {
			first = s
		}
	}
	if !made || first == nil || reaches {
		return nil
	}
	bound := ""
	if !r.claimsWeights() {
		bound = fmt.Sprintf("can't fall below %s a number, ", number(least/float64(numbers)))
	}
	return found(OtherLoss, 0.95, first.Number, first.Line, "the model ends in a sigmoid, and %s takes another: of numbers from 0 to 1 it makes probabilities from 0.5 to 0.73, never lower ones, %sand has small gradients all the way",
		r.lossName(), bound).by(sigmoidInModel)
}

// Between these lies what a sigmoid makes of what a sigmoid gives.
const lowestOfTwo, highestOfTwo = 0.5, 1 / (1 + 1/math.E)

// takesSigmoid reports whether a loss takes a sigmoid of what it is given.
func takesSigmoid(l loss.Loss) bool {
	b, ok := unsummed(l).(loss.BinaryCrossentropy)
	return ok && b.FromLogits
}

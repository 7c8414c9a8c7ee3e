package loop

import (
	"math"

	"example.com/unstuck/pkg/loss"
)

// withinModel is how a loss comes by probabilities in place of raw outputs.
const withinModel = "a softmax within the model"

// probabilities looks for a model whose outputs are those of a softmax already, where the claimed loss takes a softmax of its own: the recorded
// loss is the claimed one then, and the fault is in the model's head. Raw outputs don't sum to 1 in each row.
func probabilities(r *Recording, all *replays) *Finding {
	rows, least := 0, 0.0
	var first *Step
	for k := range r.Steps {
		s, c := &r.Steps[k], all.steps[k].claim
		if c == nil || s.Loss == nil || len(c.outputs) != 1 || !near(*s.Loss, all.steps[k].value, s.tolerance()) {
			continue
		}
		o := c.outputs[0]
		axis := classAxis(c.loss, len(o.Shape))
		if axis < 1 || o.Shape[axis] < 2 {
			return nil
		}
		classes, places := o.Shape[axis], 1
		for _, n := range o.Shape[axis+1:] {
			places *= n
		}
		least = math.Log(1 + float64(classes-1)/math.E)
		for i := range len(o.Values) / classes {
			total := 0.0
			for class := range classes {
				v := o.Values[(i/places*classes+class)*places+i%places]
				if v < 0 || v > 1 {
					return nil
				}
				total += float64(v)
			}
			if math.Abs(total-1) > 1e-3 {
				return nil
			}
			rows++
		}
		if first == nil {
			first = &r.Steps[k]
		}
	}
	if rows < 8 {
		return nil
	}
	return found(OtherLoss, 0.94, first.Number, first.Line, "the outputs are probabilities already: all are from 0 to 1, and those of each of %d rows sum to 1. %s takes a softmax of its own, and of these it can't fall much below %s, and has small gradients all the way",
		rows, r.lossName(), number(least)).by(withinModel)
}

// classAxis is the axis of the classes of which a loss takes a softmax itself; 0: it takes none.
func classAxis(l loss.Loss, axes int) int {
	logits, first := false, false
	switch l := unsummed(l).(type) {
	case loss.SparseCategoricalCrossentropy:
		logits, first = l.FromLogits && !l.LogProbabilities, l.ClassesFirst
	case loss.CategoricalCrossentropy:
		logits, first = l.FromLogits, l.ClassesFirst
	}
	switch {
	case !logits:
		return 0
	case first:
		return min(1, axes-1)
	}
	return axes - 1
}

// unsummed is a loss, of whose sum over the batch l may be.
func unsummed(l loss.Loss) loss.Loss {
	if s, ok := l.(loss.Summed); ok {
		return s.Of
	}
	return l
}

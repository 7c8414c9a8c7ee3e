package cases

import (
	"fmt"
	"math/rand/v2"
	"slices"

	"example.com/unstuck/pkg/fit"
	"example.com/unstuck/pkg/training"
)

// Case is a training of which is known what keeps it from learning.
type Case struct {
	ID     string // "held-out/dying-relu-1"
	Split  Split
	Cause  string // the fault that was put in, by the doctor's id; "healthy": none
	Family string // what the data are
	Cure   string // what undoes the fault; empty of a healthy one
	// HeldRows says on which rows stuck and cured are told apart: those trained on, or those held out.
	HeldRows bool
	// Curable says that the fault can be undone with the data at hand. Missing rows and missing signal can't.
	Curable bool
	// Reachable is the share that the best model would explain; 0: nearly all.
	Reachable float64
	// Observed is the history of the asker's own program, where that is stuck and not the training.
	Observed *fit.History

	stuck, cured func(*training.Training)
	base         func(*rand.Rand) training.Training
	seed         uint64
}

// Split says what a case may be used for.
type Split string

// The splits.
const (
	Tuned   Split = "tuned"    // its kinds were looked at while rules were written
	HeldOut Split = "held-out" // they were not
)

// Healthy is the cause of a case without a fault.
const Healthy = "healthy"

// Training is the case as it is given.
func (c Case) Training() training.Training { return c.drawn(c.stuck) }

// Cured is the case with its fault undone, of a healthy one the case itself.
func (c Case) Cured() training.Training { return c.drawn(c.cured) }

func (c Case) drawn(change func(*training.Training)) training.Training {
	t := c.base(rand.New(rand.NewPCG(c.seed, 0xca5e)))
	t.Seed = int64(c.seed)
	if change != nil {
		change(&t)
	}
	return t
}

// All are the cases of a split, the healthy ones last.
func All(split Split) []Case {
	drawn := tunedCases()
	first := uint64(1000)
	if split == HeldOut {
		drawn, first = heldOutCases(), 7_261_000
	}
	count := map[string]int{}
	for i := range drawn {
		c := &drawn[i]
		count[c.Cause]++
		c.Split, c.ID, c.seed = split, fmt.Sprintf("%s/%s-%d", split, c.Cause, count[c.Cause]), first+uint64(i)
		c.HeldRows = slices.Contains([]string{"sorted-split", "overfitting", "no-signal"}, c.Cause)
		c.Curable = !slices.Contains([]string{"overfitting", "no-signal", "look-at-the-loop", Healthy}, c.Cause)
	}
	return drawn
}

// ill is a case whose fault is put into a family, and whose cure is the family as it is.
func ill(cause string, f Family, cure string, fault func(*training.Training)) Case {
	return Case{Cause: cause, Family: f.Name, Cure: cure, base: f.draw, stuck: fault}
}

// illUnless is ill with a cure of its own; nil is the family as it is.
func illUnless(cause string, f Family, cure string, fault, cured func(*training.Training)) Case {
	c := ill(cause, f, cure, fault)
	c.cured = cured
	return c
}

// well is a healthy case; change makes it odd, nil leaves it.
func well(f Family, change func(*training.Training)) Case {
	return Case{Cause: Healthy, Family: f.Name, base: f.draw, stuck: change, cured: change}
}

// noisy is a healthy case whose targets hold so much that can't be told that only a share of them is reachable.
func noisy(f Family, reachable float64, change func(*training.Training)) Case {
	c := well(f, change)
	c.Reachable = reachable
	return c
}

// observed is a healthy training whose asker saw a loss that didn't move.
func observed(f Family, loss float64) Case {
	c := well(f, nil)
	h := &fit.History{}
	for i := range 20 {
		h.Epochs = append(h.Epochs, fit.Epoch{Loss: loss * (1 + 0.001*float64(i%3))})
	}
	c.Cause, c.Observed, c.Cure = "look-at-the-loop", h, "this very training, run by a loop that is right"
	return c
}

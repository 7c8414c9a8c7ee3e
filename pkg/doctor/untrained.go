package doctor

import (
	"errors"
	"fmt"
	"math"
	"strings"

	"example.com/unstuck/pkg/optim"
)

// untrained says why a training couldn't be run as it was given; empty: it could.
func (p *Patient) untrained() string {
	switch {
	case p.Err == nil:
		return ""
	case errors.Is(p.Err, optim.ErrNothingTrained):
		return "nothing in it is trainable, so the loss stays where it is"
	}
	for _, o := range targetsByOutput.of(p) {
		if o.headed && o.Loss != nil && !compares(o, o.head) {
			return fmt.Sprintf("%s%s can't compare %d %s with %d %s a row", o.of(), p.lossName(o.Loss), o.head.units, plural(o.head.units, "output"), o.size(), plural(o.size(), "target"))
		}
	}
	why := p.Err.Error()
	if _, behind, found := strings.Cut(why, trialBatch); found {
		_, why, _ = strings.Cut(behind, ": ")
	}
	return why
}

// trialBatch is what package fit calls the rows that it tries a training on first.
const trialBatch = "on a trial batch of "

// noLossOfStrays is why a training wasn't trained to its end in which labels are no class: the first such row makes all weights NaN.
const noLossOfStrays = "labels that are no class have no loss"

// untrainedText says that there is nothing to compare a treatment with, and what came of it: NaN for what is no number.
func untrainedText(why string, tried bool, after float64) string {
	text := fmt.Sprintf("It can't be trained as given: %s", why)
	switch {
	case !tried:
		return text + "."
	case math.IsNaN(after):
		return text + "; with the treatment the loss is not a number."
	}
	return fmt.Sprintf("%s; with the treatment %s is explained.", text, explainedText(after))
}

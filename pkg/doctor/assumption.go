package doctor

import (
	"fmt"
	"strconv"
	"strings"
)

// Assumption is a setting of a training that nobody gave. Reports name them first: an examination with other
// settings may end differently.
type Assumption struct {
	Setting string `json:"setting"` // "epochs"
	Value   string `json:"value"`   // "63"
	Why     string `json:"why"`     // "enough for about 2000 updates"
}

// String is "epochs 63 (enough for about 2000 updates)".
func (a Assumption) String() string { return fmt.Sprintf("%s %s (%s)", a.Setting, a.Value, a.Why) }

// The settings that may be assumed.
const (
	epochsSetting    = "epochs"
	batchSetting     = "batch size"
	splitSetting     = "validation split"
	optimizerSetting = "optimizer"
	rateSetting      = "learning rate"
	lossSetting      = "loss"
)

// Epochs that are assumed: so many that a training of usual settings has time to move, and that there is a curve to
// look at.
const (
	assumedUpdates = 2000
	fewestEpochs   = 3
	mostEpochs     = 1000
)

// settled is the case with what it leaves open filled in, and named in Assumed.
func (c Case) settled() Case {
	if c.BatchSize == 0 {
		c.BatchSize = 32
		c.assume(batchSetting, "32", "Keras' default")
	}
	c.BatchSize = min(c.BatchSize, c.trainRows()) // one batch of all rows, as fit has it
	if c.Epochs == 0 {
		c.Epochs = min(mostEpochs, max(fewestEpochs, (assumedUpdates+c.steps()-1)/c.steps()))
		c.assume(epochsSetting, strconv.Itoa(c.Epochs), fmt.Sprintf("%d updates, enough to see it move", c.updates()))
	}
	return c
}

// assume notes an assumption; what was assumed of the same setting before is forgotten. Copies of the case keep
// their own.
func (c *Case) assume(setting, value, why string) {
	kept := make([]Assumption, 0, len(c.Assumed)+1)
	for _, a := range c.Assumed {
		if a.Setting != setting {
			kept = append(kept, a)
		}
	}
	c.Assumed = append(kept, Assumption{setting, value, why})
}

func (c Case) assumed(setting string) bool {
	for _, a := range c.Assumed {
		if a.Setting == setting {
			return true
		}
	}
	return false
}

// accusesAssumed reports whether a cause is a setting that was assumed: then it says nothing about the caller's
// training.
func (c Case) accusesAssumed(cause Cause) bool {
	switch cause {
	case TooFewEpochs:
		return c.assumed(epochsSetting)
	case LearningRateTooLow, LearningRateTooHigh:
		return c.assumed(rateSetting)
	}
	return false
}

// reassume notes what a treated case has in place of what was assumed.
func (c *Case) reassume() {
	if c.assumed(epochsSetting) {
		c.assume(epochsSetting, strconv.Itoa(c.Epochs), fmt.Sprintf("%d updates, after fewer did not suffice", c.updates()))
	}
	if c.assumed(rateSetting) {
		c.assume(rateSetting, fmt.Sprintf("%.3g", c.Optimizer.Rate(0)), "the first of those tried that learns")
	}
}

// Assumptions names in one sentence the settings that nobody gave; empty: all were given.
func (r *Report) Assumptions() string {
	if len(r.Case.Assumed) == 0 {
		return ""
	}
	texts := make([]string, len(r.Case.Assumed))
	for i, a := range r.Case.Assumed {
		texts[i] = a.String()
	}
	return "Assumed, because not given: " + strings.Join(texts, ", ") + "."
}

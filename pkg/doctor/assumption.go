package doctor

import (
	"fmt"
	"strconv"
	"strings"

	"example.com/unstuck/internal/exponent"

	"example.com/unstuck/pkg/training"
)

// Epochs that are assumed: so many that a training of usual settings has time to move, and that there is a curve to
// look at.
const (
	assumedUpdates = 2000
	fewestEpochs   = 3
	mostEpochs     = 1000
)

// settled is the training with what it leaves open filled in, and named in Assumed.
func settled(c training.Training) training.Training {
	if c.BatchSize == 0 {
		c.BatchSize = 32
		c.Assume(training.BatchSizeSetting, "32", "Keras' default")
	}
	c.BatchSize = min(c.BatchSize, c.TrainRows()) // one batch of all rows, as fit has it
	if c.Epochs == 0 {
		c.Epochs = min(mostEpochs, max(fewestEpochs, (assumedUpdates+c.Steps()-1)/c.Steps()))
		c.Assume(training.EpochsSetting, strconv.Itoa(c.Epochs), fmt.Sprintf("%d updates, enough to see it move", c.Updates()))
	}
	return c
}

// accusesAssumed reports whether a cause is a setting that was assumed: then it says nothing about the caller's
// training.
func accusesAssumed(c training.Training, cause Cause) bool {
	switch cause {
	case TooFewEpochs:
		return c.IsAssumed(training.EpochsSetting)
	case LearningRateTooLow, LearningRateTooHigh:
		return c.IsAssumed(training.LearningRateSetting)
	}
	return false
}

// reassume notes what a treated case has in place of what was assumed.
func reassume(c *training.Training) {
	if c.IsAssumed(training.EpochsSetting) {
		c.Assume(training.EpochsSetting, strconv.Itoa(c.Epochs), fmt.Sprintf("%d updates, after fewer did not suffice", c.Updates()))
	}
	if c.IsAssumed(training.LearningRateSetting) {
		c.Assume(training.LearningRateSetting, exponent.Short(fmt.Sprintf("%.3g", c.Optimizer.Rate(0))), "the first of those tried that learns")
	}
}

// Assumptions names in a sentence each how the data were read where that could be done otherwise, the settings that nobody gave, those
// that are taken otherwise than they were given, and the metrics that were left out; empty: there are none.
func (r *Report) Assumptions() string {
	var data, missing, instead []string
	left := ""
	for _, a := range r.Training.Assumed {
		switch {
		case a.Setting == training.MetricsSetting:
			left = fmt.Sprintf("The metrics are read %s (%s): they change nothing in the training, and the diagnosis looks at the loss.", a.Value, a.Why)
		case a.OfData:
			data = append(data, a.String())
		case a.Given != "":
			instead = append(instead, a.String())
		default:
			missing = append(missing, a.String())
		}
	}
	var sentences []string
	if len(data) > 0 {
		sentences = append(sentences, "How the data were read: "+strings.Join(data, "; ")+".")
	}
	if len(missing) > 0 {
		sentences = append(sentences, "Assumed, because not given: "+strings.Join(missing, ", ")+".")
	}
	if r.decidedByAssumed() != nil {
		sentences = append(sentences, "The verdict depends on these settings: with yours it may be another.")
	}
	if len(instead) > 0 {
		sentences = append(sentences, "Computed differently from what was given: "+strings.Join(instead, ", ")+".")
	}
	if left != "" {
		sentences = append(sentences, left)
	}
	return strings.Join(sentences, " ")
}

// decidedByAssumed are the settings that were assumed and that a verdict depends on; nil: there are none, or the size of batches alone,
// whose default is Keras'.
func (r *Report) decidedByAssumed() []string {
	var names []string
	only := true
	for _, a := range r.Training.Assumed {
		switch {
		case a.Given != "" || a.OfData:
		case a.Setting == training.BatchSizeSetting:
			names = append(names, a.Setting)
		case a.Setting == training.EpochsSetting, a.Setting == training.OptimizerSetting, a.Setting == training.LearningRateSetting, a.Setting == training.LossSetting, a.Setting == training.RowWeightsSetting:
			names, only = append(names, a.Setting), false
		}
	}
	if only {
		return nil
	}
	return names
}

// Start says where the training began, in one sentence, and in another at which layer of the file's model; empty where it was at
// fresh weights and at the first.
func (r *Report) Start() string {
	var sentences []string
	if r.Training.Started() {
		sentences = append(sentences, fmt.Sprintf("It starts from %s.", r.Training.StartText()))
	}
	if encoded := r.Training.EncodingText(); encoded != "" {
		sentences = append(sentences, encoded)
	}
	return strings.Join(sentences, " ")
}

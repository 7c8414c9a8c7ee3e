package doctor

import (
	"slices"

	"example.com/unstuck/pkg/dataset"
	"example.com/unstuck/pkg/loss"
	"example.com/unstuck/pkg/training"
)

// leavesNothing tells whether a constant prediction is as good as perfect on these rows: all that have a weight have the same target, or
// a cross-entropy is left that is smaller than float32 tells logarithms apart by, as where the loss itself weighs all classes but one by 0.
// What a training explains of that is rounding divided by rounding.
func leavesNothing(l loss.Loss, y dataset.Array, weights []float32, s yardstick) bool {
	if s.constant == 0 {
		return true
	}
	heaviest, first, differ := 0.0, -1, false
	for row := range y.Rows() {
		weight := float32(1)
		if weights != nil {
			weight = weights[row]
		}
		heaviest = max(heaviest, float64(weight))
		switch {
		case weight == 0 || differ:
		case first < 0:
			first = row
		default:
			differ = !slices.Equal(y.Row(first), y.Row(row))
		}
	}
	if !differ && byDistance(l) {
		return true
	}
	return crossEntropy(l) && s.constant-s.floor <= logarithmsApart*heaviest
}

// logarithmsApart is a few times what float32 tells apart beside 1, and the 1e-7 at which probabilities are cut.
const logarithmsApart = 1e-6

// crossEntropy tells whether a loss is a mean of logarithms of probabilities.
func crossEntropy(l loss.Loss) bool {
	switch loss.Unreduced(l).(type) {
	case loss.BinaryCrossentropy, loss.CategoricalCrossentropy, loss.SparseCategoricalCrossentropy:
		return true
	}
	return false
}

// byDistance tells whether a loss is 0 where the prediction is the target, so that one constant meets targets that are alike.
func byDistance(l loss.Loss) bool {
	switch loss.Unreduced(l).(type) {
	case loss.MSE, loss.MAE, loss.Huber, loss.LogCosh:
		return true
	}
	return false
}

// leftLittle tells whether a training has come so far down from its first loss that there is hardly anything left of it: what another rate
// does with the rest proves nothing where a constant is perfect.
func (e *examination) leftLittle(o *Outcome) bool {
	first := e.patient.first
	return first != nil && finite(first.FirstLoss) && o.Loss <= littleLeft*first.FirstLoss
}

// littleLeft is a share of the first loss.
const littleLeft = 0.01

// weighsRows tells whether some rows count more than others, by their own weights, those of their classes, or the loss.
func weighsRows(c training.Training) bool {
	if c.TrainData().SampleWeight != nil {
		return true
	}
	l, sparse := loss.Unreduced(c.Loss).(loss.SparseCategoricalCrossentropy)
	k, categorical := loss.Unreduced(c.Loss).(loss.CategoricalCrossentropy)
	return sparse && l.ClassWeights != nil || categorical && k.ClassWeights != nil
}

const nothingLeftText = "a constant prediction leaves nothing of its loss"

// nothingLeft tells whether what an outcome explains can't be told in this report, on validation rows or on those trained on.
func (r *Report) nothingLeft(o *Outcome) bool { return o != nil && o.NothingToExplain(r.OnValidation) }

// NothingToExplain tells whether a constant prediction was as good as perfect on the training rows, or on the validation rows: what is
// explained is no measure then. So it is where weights of 0 leave one class alone.
func (o *Outcome) NothingToExplain(onValidation bool) bool {
	if onValidation {
		return o.validationNothing
	}
	return o.nothing
}

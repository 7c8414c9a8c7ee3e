package doctor

import (
	"fmt"
	"math"

	"example.com/unstuck/pkg/dataset"
	"example.com/unstuck/pkg/training"
)

// sortedSplit suspects the order of the rows. It is asked where the training learns its own rows.
var sortedSplit = &Rule{
	Cause:    SortedSplit,
	Doc:      "The rows are in an order that makes the validation rows, the last ones, unlike those trained on.",
	Source:   "Keras' documentation of validation_split: the last rows, before shuffling",
	Requires: all(targetShift),
	Suspect: func(p *Patient) *Suspicion {
		if p.Training.ValidationSplit == 0 {
			return nil // rows of their own, which no order of the others changes
		}
		largest := targetShift.of(p)
		return &Suspicion{Strength: Likely,
			Symptoms: []Symptom{{Gauge: "distance of the targets' means, training to validation rows, in deviations", Got: largest, Limit: fmt.Sprintf("below %g", largeShift), Usual: largest < largeShift,
				Text: fmt.Sprintf("the validation rows' mean target is %.2g deviations from that of the training rows", largest)}},
			Treatments: []Treatment{shuffleRows},
		}
	},
}

const largeShift = 0.5 // of the targets' mean, in deviations

var targetShift = measure("distance of the targets' means, training to validation rows", FromData, func(p *Patient) float64 {
	train, validation := statsOf(twoAxes(p.Training.TrainData().Y)), statsOf(twoAxes(p.Training.ValidationData().Y))
	largest := 0.0
	for j := range train.mean {
		if train.deviation[j] > 0 {
			largest = max(largest, math.Abs(train.mean[j]-validation.mean[j])/train.deviation[j])
		}
	}
	return largest
})

var shuffleRows = Treatment{
	Text:  "shuffle the rows before the last ones are split off",
	Apply: func(c training.Training) (training.Training, error) { return c.Prepare(training.Shuffle{}) },
}

// twoAxes is a as [rows, outputs].
func twoAxes(a dataset.Array) dataset.Array {
	return dataset.Array{Shape: []int{a.Rows(), a.RowSize()}, Values: a.Values}
}

package doctor

import (
	"fmt"

	"example.com/unstuck/pkg/nn"
	"example.com/unstuck/pkg/training"
)

// normalizesOneValue is the path of a layer that normalizes by the batch and gets one value a feature of a batch of one row; empty: there
// is none. One that looks at images has many places to take a mean over.
func normalizesOneValue(t training.Training) string {
	var inputs [][]int
	for _, row := range t.RowShapes() {
		inputs = append(inputs, append([]int{1}, row...))
	}
	path := ""
	// What ends it, a shape that can't be told, ends it for what stands behind alone.
	_, _ = nn.Measure(t.Model, inputs, func(m nn.Measured) error {
		if path == "" && !m.Frozen && nn.MixesRows(m.Layer) && len(m.Inputs) > 0 && len(m.Weights) > 0 {
			features := m.Weights[0].Shape
			if size := sizeOf(m.Inputs[0]); len(features) == 1 && size == features[0] {
				path = m.Path
			}
		}
		return nil
	})
	return path
}

// normalizedAlone suspects a batch normalization of single rows.
var normalizedAlone = &Rule{
	Cause:           VanishingGradient,
	Doc:             "A batch of one row is normalized to a constant, through which no gradient passes.",
	Source:          "Ioffe & Szegedy 2015, algorithm 1: of one value the mean is the value itself, and what is left of it is 0",
	Requires:        all(aloneAt),
	fromDescription: true,
	Suspect: func(p *Patient) *Suspicion {
		path := aloneAt.of(p)
		if path == "" {
			return nil
		}
		refuses := ""
		if p.Training.OfTorch() {
			refuses = "; PyTorch itself refuses such a batch in training"
		}
		return &Suspicion{
			Strength: Strong,
			Symptoms: []Symptom{{Gauge: "rows that a batch normalization sees at a time", Got: 1, Limit: "at least 2, better 8",
				Text: fmt.Sprintf("the layer %s normalizes a batch of one row: the row less itself is 0, so it puts out a constant, and no gradient passes%s", path, refuses)}},
			Treatments: []Treatment{largerBatches},
		}
	},
}

var aloneAt = measure("a layer that normalizes a batch of one row to a constant", FromDescription, func(p *Patient) string {
	if p.Training.BatchSize != 1 || p.Training.TrainRows() < 2 {
		return ""
	}
	return normalizesOneValue(p.Training)
})

// lastRowAlone says what a batch normalization does to a last batch of one row; empty: there is none.
func lastRowAlone(t training.Training) string {
	if t.BatchSize < 2 || t.TrainRows()%t.BatchSize != 1 {
		return ""
	}
	path := normalizesOneValue(t)
	switch {
	case path == "":
		return ""
	case t.OfTorch():
		return fmt.Sprintf("The last batch of each epoch has one row, of which the layer %s can't take a variance: PyTorch raises an error there. Give the DataLoader drop_last=True, or another batch_size.", path)
	}
	return fmt.Sprintf("The last batch of each epoch has one row: the layer %s makes a constant of it, and its variance of 0 goes into what predictions are normalized by. Another batch size leaves no row alone.", path)
}

// largerBatches are as small as a mean of them is worth something: the updates become fewer by that factor.
var largerBatches = Treatment{
	Text: "batches of 8 rows, or more, instead of 1",
	Apply: func(c training.Training) (training.Training, error) {
		c.BatchSize = min(8, c.TrainRows())
		return c, nil
	},
}

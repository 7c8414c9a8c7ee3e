package doctor

import (
	"fmt"

	"github.com/gomlx/compute"

	"example.com/unstuck/pkg/dataset"
	"example.com/unstuck/pkg/loss"
	"example.com/unstuck/pkg/training"
)

// broadcastSymptom says what comes of targets [n] beside predictions [n, 1], or the other way round.
func broadcastSymptom(o output) Symptom {
	targets, predictions := "[n]", "[n, 1]"
	if len(o.Targets.Shape) > 1 {
		targets, predictions = predictions, targets
	}
	return Symptom{Gauge: "targets that each prediction is compared with", Got: float64(o.Targets.Rows()), Limit: "1: its own",
		Text: o.of() + fmt.Sprintf("targets are %s, predictions %s: PyTorch makes n × n of them and compares each prediction with every target of its batch, so that the best prediction is the targets' mean for every row", targets, predictions)}
}

// matchTargets compares each prediction with its own target.
func matchTargets(o output, b loss.Broadcast) Treatment {
	reshaped := "[n, 1]"
	if len(o.Targets.Shape) > 1 {
		reshaped = "[n]"
	}
	return Treatment{Text: o.of() + "give the targets the predictions' shape, " + reshaped, Apply: func(c training.Training) (training.Training, error) {
		return c.WithLoss(o.At, b.Of), nil
	}}
}

// pairRows is how many rows are compared with each other at a time, as a batch would be: of all of them there may be too many pairs.
const pairRows = 128

// broadcastRows are the losses of rows that are compared with pairRows of them.
func broadcastRows(b compute.Backend, l loss.Broadcast, y, predictions dataset.Array) ([]float32, error) {
	var all []float32
	for from := 0; from < y.Rows(); from += pairRows {
		to := min(from+pairRows, y.Rows())
		rows, err := rowsOfLoss(b, l, y.Range(from, to), predictions.Range(from, to))
		if err != nil {
			return nil, err
		}
		all = append(all, rows...)
	}
	return all, nil
}

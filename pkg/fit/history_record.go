package fit

import (
	"errors"
	"math"
	"slices"

	"example.com/unstuck/internal/jsonnumber"
	"example.com/unstuck/pkg/fit/checkpoint"
)

// recordOf turns epochs into what JSON can hold.
func recordOf(epochs []Epoch) []checkpoint.Epoch {
	records := make([]checkpoint.Epoch, len(epochs))
	for i, e := range epochs {
		records[i] = checkpoint.Epoch{
			Number: e.Number, Loss: jsonnumber.Float64(e.Loss), Rate: jsonnumber.Float64(e.LearningRate),
			Metrics: numbers[jsonnumber.Float64](e.Metrics), Duration: e.Duration,
		}
		if v := e.Validation; v != nil {
			records[i].Validation = &checkpoint.Result{Loss: jsonnumber.Float64(v.Loss), Metrics: numbers[jsonnumber.Float64](v.Metrics)}
		}
	}
	return records
}

// epochsOf is the way back from recordOf.
func epochsOf(records []checkpoint.Epoch) []Epoch {
	epochs := make([]Epoch, len(records))
	for i, e := range records {
		epochs[i] = Epoch{
			Number: e.Number, Loss: float64(e.Loss), LearningRate: float64(e.Rate),
			Metrics: numbers[float64](e.Metrics), Duration: e.Duration,
		}
		if v := e.Validation; v != nil {
			epochs[i].Validation = &Result{Loss: float64(v.Loss), Metrics: numbers[float64](v.Metrics)}
		}
	}
	return epochs
}

func numbers[To, From ~float64](values map[string]From) map[string]To {
	if values == nil {
		return nil
	}
	out := make(map[string]To, len(values))
	for name, v := range values {
		out[name] = To(v)
	}
	return out
}

// addHistory adds what is known of each step.
func addHistory(c *checkpoint.File, h *History) error {
	if err := c.Add(checkpoint.StepLosses, "Float32", []int{len(h.Steps)}, h.Steps); err != nil {
		return err
	}
	if len(h.Readings.Columns) == 0 {
		return nil
	}
	for _, column := range h.Readings.Columns {
		c.Training.Readings = append(c.Training.Readings, checkpoint.Column(column))
	}
	c.Training.Measured = h.Readings.Steps
	rows := slices.Concat(h.Readings.Rows...)
	return c.Add(checkpoint.StepReadings, "Float32", []int{len(h.Readings.Rows), readingSize(h.Readings.Columns)}, rows)
}

// historyOf is the way back: the History of a checkpoint.
func historyOf(c *checkpoint.File) (History, error) {
	h := History{Epochs: epochsOf(c.Training.Epochs)}
	steps, ok := c.Float32s(checkpoint.StepLosses)
	if !ok {
		return h, errors.New("the losses of the steps are missing or damaged")
	}
	h.Steps = steps
	if len(c.Training.Readings) == 0 {
		return h, nil
	}
	values, ok := c.Float32s(checkpoint.StepReadings)
	size := 0
	for _, column := range c.Training.Readings {
		if ok = ok && column.Size > 0 && column.Size <= math.MaxInt32-size; !ok {
			break // sizes of any kind may stand in a file
		}
		size += column.Size
	}
	if !ok || len(values)%size != 0 || len(values)/size != len(c.Training.Measured) {
		return h, errors.New("the readings of the steps are missing or damaged")
	}
	before := 0
	for _, step := range c.Training.Measured {
		if step <= before || step > len(steps) {
			return h, errors.New("the readings belong to steps that are not there: the file is damaged")
		}
		before = step
	}
	for _, column := range c.Training.Readings {
		h.Readings.Columns = append(h.Readings.Columns, ReadingColumn(column))
	}
	h.Readings.Steps = c.Training.Measured
	h.Readings.Rows = slices.Collect(slices.Chunk(values, size))
	return h, nil
}

func readingSize(columns []ReadingColumn) int {
	size := 0
	for _, c := range columns {
		size += c.Size
	}
	return size
}

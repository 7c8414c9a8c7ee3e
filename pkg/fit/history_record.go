package fit

import (
	"encoding/binary"
	"errors"
	"math"
	"slices"
)

// recordOf turns epochs into what JSON can hold.
func recordOf(epochs []Epoch) []epochRecord {
	records := make([]epochRecord, len(epochs))
	for i, e := range epochs {
		records[i] = epochRecord{
			Number: e.Number, Loss: number(e.Loss), Rate: number(e.LearningRate),
			Metrics: numbers[number](e.Metrics), Duration: e.Duration,
		}
		if v := e.Validation; v != nil {
			records[i].Validation = &resultRecord{Loss: number(v.Loss), Metrics: numbers[number](v.Metrics)}
		}
	}
	return records
}

// epochs is the way back from recordOf.
func (r *trainingRecord) epochs() []Epoch {
	epochs := make([]Epoch, len(r.Epochs))
	for i, e := range r.Epochs {
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
func (c *checkpoint) addHistory(h *History) error {
	if err := c.add(stepLosses, "Float32", []int{len(h.Steps)}, h.Steps); err != nil {
		return err
	}
	if len(h.Readings.Columns) == 0 {
		return nil
	}
	c.Training.Readings, c.Training.Measured = h.Readings.Columns, h.Readings.Steps
	rows := slices.Concat(h.Readings.Rows...)
	return c.add(stepReadings, "Float32", []int{len(h.Readings.Rows), readingSize(h.Readings.Columns)}, rows)
}

// history is the way back: the History of a checkpoint.
func (c *checkpoint) history() (History, error) {
	h := History{Epochs: c.Training.epochs()}
	steps, ok := c.float32s(stepLosses)
	if !ok {
		return h, errors.New("the losses of the steps are missing or damaged")
	}
	h.Steps = steps
	if len(c.Training.Readings) == 0 {
		return h, nil
	}
	values, ok := c.float32s(stepReadings)
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
	h.Readings.Columns, h.Readings.Steps = c.Training.Readings, c.Training.Measured
	h.Readings.Rows = slices.Collect(slices.Chunk(values, size))
	return h, nil
}

// float32s returns the values of an array; false when it isn't there or no array of float32.
func (c *checkpoint) float32s(name string) ([]float32, bool) {
	i := slices.IndexFunc(c.Arrays, func(a arrayHeader) bool { return a.Name == name })
	if i < 0 || len(c.data[i])%4 != 0 {
		return nil, false
	}
	values := make([]float32, len(c.data[i])/4)
	_, err := binary.Decode(c.data[i], binary.LittleEndian, values)
	return values, err == nil
}

func readingSize(columns []ReadingColumn) int {
	size := 0
	for _, c := range columns {
		size += c.Size
	}
	return size
}

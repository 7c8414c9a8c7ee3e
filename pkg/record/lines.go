package record

import (
	"time"

	"example.com/unstuck/internal/jsonnumber"
	"example.com/unstuck/pkg/fit"
)

// The lines of a file, in this order: header, columns where there are readings, steps, epochs, end.

const (
	format  = "unstuck training"
	version = 1
	maxLine = 64 << 20 // bytes
)

type header struct {
	Format  string `json:"format"`
	Version int    `json:"version"`
}

// line is any line but the header: exactly one of its fields is there.
type line struct {
	Columns []column `json:"columns,omitempty"`
	Step    *step    `json:"step,omitempty"`
	Epoch   *epoch   `json:"epoch,omitempty"`
	End     *end     `json:"end,omitempty"`
}

type column struct {
	Name string `json:"name"`
	Size int    `json:"size"`
}

type step struct {
	Loss     jsonnumber.Float32   `json:"loss"`
	Readings []jsonnumber.Float32 `json:"readings,omitempty"` // of a measured step
}

type epoch struct {
	Number       int                           `json:"number"`
	Loss         jsonnumber.Float64            `json:"loss"`
	LearningRate jsonnumber.Float64            `json:"learning_rate"`
	Metrics      map[string]jsonnumber.Float64 `json:"metrics"`
	Validation   *result                       `json:"validation,omitempty"`
	Duration     time.Duration                 `json:"nanoseconds"`
}

type result struct {
	Loss    jsonnumber.Float64            `json:"loss"`
	Metrics map[string]jsonnumber.Float64 `json:"metrics"`
}

// end says that the file is whole.
type end struct {
	Steps   int    `json:"steps"`
	Epochs  int    `json:"epochs"`
	Stopped string `json:"stopped,omitempty"`
}

func lineOf(e fit.Epoch) *epoch {
	out := &epoch{
		Number: e.Number, Loss: jsonnumber.Float64(e.Loss), LearningRate: jsonnumber.Float64(e.LearningRate),
		Metrics: convert[jsonnumber.Float64](e.Metrics), Duration: e.Duration,
	}
	if v := e.Validation; v != nil {
		out.Validation = &result{Loss: jsonnumber.Float64(v.Loss), Metrics: convert[jsonnumber.Float64](v.Metrics)}
	}
	return out
}

func (e *epoch) epoch() fit.Epoch {
	out := fit.Epoch{
		Number: e.Number, Loss: float64(e.Loss), LearningRate: float64(e.LearningRate),
		Metrics: convert[float64](e.Metrics), Duration: e.Duration,
	}
	if v := e.Validation; v != nil {
		out.Validation = &fit.Result{Loss: float64(v.Loss), Metrics: convert[float64](v.Metrics)}
	}
	return out
}

func convert[To, From ~float64](values map[string]From) map[string]To {
	if values == nil {
		return nil
	}
	out := make(map[string]To, len(values))
	for name, v := range values {
		out[name] = To(v)
	}
	return out
}

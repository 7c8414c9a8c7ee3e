package explore

import (
	"fmt"
	"math"
	"math/rand/v2"
	"strconv"
	"strings"

	"example.com/unstuck/pkg/fit"
	"example.com/unstuck/pkg/nn"
	"example.com/unstuck/pkg/optim"
	"example.com/unstuck/pkg/training"
)

// Axis is one setting of a [Space] and what it may be.
type Axis struct {
	Name   string // "learning rate"; unique in its space
	Values []Value
	Draw   func(rng *rand.Rand) Value // draws a value for a random search, in place of Values; nil: one of those
	Stage  int                        // axes of a higher stage are applied after those of a lower one; within one, in the space's order
}

// The stages of the axes here: an optimizer is chosen before its rate and clips, those before the schedule.
const (
	settingStage  = 1
	scheduleStage = 2
)

// Value is one value of an axis.
type Value struct {
	Label string // unique in its axis; names the value in tables, figures and files
	// Apply returns the training with this value; nil: it stays as it is. It may be called from several goroutines.
	Apply func(training.Training) (training.Training, error)
	// Callbacks makes what is told of each training with this value, anew for each, given the training as the values of all
	// axes have made it; nil: none. A value has one of the two or both. It may be called from several goroutines.
	Callbacks func(training.Training) []fit.Callback
}

func axis[T any](name string, values []T, label func(T) string, apply func(training.Training, T) (training.Training, error)) Axis {
	a := Axis{Name: name}
	for _, v := range values {
		a.Values = append(a.Values, Value{Label: label(v), Apply: func(t training.Training) (training.Training, error) { return apply(t, v) }})
	}
	return a
}

// LearningRates tries constant learning rates, in place of the optimizer's own rate or schedule.
func LearningRates(rates ...float64) Axis {
	a := axis("learning rate", rates, number, withRate)
	a.Stage = settingStage
	return a
}

// RatesBetween is a learning rate for random searches, drawn uniformly in its logarithm and rounded to three
// digits. 0 < low < high, or every trial is an error.
func RatesBetween(low, high float64) Axis {
	return Axis{Name: "learning rate", Stage: settingStage, Draw: func(rng *rand.Rand) Value {
		rate := round(low*math.Pow(high/low, rng.Float64()), 3)
		return LearningRates(rate).Values[0]
	}}
}

func withRate(t training.Training, rate float64) (training.Training, error) {
	t.Optimizer = t.Optimizer.WithRate(rate)
	return t, nil
}

// LogSpace is count rates from first to last, each the same factor above the one before, rounded to four
// digits. Both must be positive. A count of 1 is first alone, of 0 or less none.
func LogSpace(first, last float64, count int) []float64 {
	rates := make([]float64, max(0, count))
	for i := range rates {
		rates[i] = round(first*math.Pow(last/first, float64(i)/float64(max(1, count-1))), 4)
	}
	return rates
}

// BatchSizes tries batch sizes.
func BatchSizes(sizes ...int) Axis {
	return axis("batch size", sizes, strconv.Itoa, func(t training.Training, size int) (training.Training, error) {
		t.BatchSize = size
		return t, nil
	})
}

// Optimizers tries optimizers, each with its own learning rate unless the space has an axis for that.
func Optimizers(optimizers ...optim.Optimizer) Axis {
	label := func(o optim.Optimizer) string { return strings.TrimPrefix(o.GoCode(), "optim.") }
	return axis("optimizer", optimizers, label, func(t training.Training, o optim.Optimizer) (training.Training, error) {
		t.Optimizer = o
		return t, nil
	})
}

// Clips tries gradient transformations, each behind those that the optimizer has. A nil one is "none".
func Clips(clips ...optim.Transform) Axis {
	a := axis("clip", clips, describeValue, func(t training.Training, clip optim.Transform) (training.Training, error) {
		if clip != nil {
			t.Optimizer = t.Optimizer.With(clip)
		}
		return t, nil
	})
	a.Stage = settingStage
	return a
}

// Seeds tries seeds of weights and batch order as if they were settings. To see a setting's median over seeds
// give [SearchOptions] the seeds instead.
func Seeds(seeds ...int64) Axis {
	return axis("seed", seeds, func(s int64) string { return strconv.FormatInt(s, 10) }, func(t training.Training, s int64) (training.Training, error) {
		t.Seed = s
		return t, nil
	})
}

// Activations tries activations in all hidden layers, see [nn.Dense]: that is before the layer that makes the
// output (see [nn.Heads]), also in frozen layers and nested Sequentials. Recurrent layers keep theirs. A model
// that isn't an [nn.Sequential], or without hidden activations, is an error of each trial.
func Activations(activations ...nn.Activation) Axis {
	return axis("activation", activations, activationLabel, func(t training.Training, a nn.Activation) (training.Training, error) {
		return withModel(t, replaceActivations(a))
	})
}

// Initializers tries initializers for the kernels of all layers that have one; recurrent kernels keep theirs.
func Initializers(initializers ...nn.Initializer) Axis {
	return axis("initializer", initializers, initializerLabel, func(t training.Training, i nn.Initializer) (training.Training, error) {
		return withModel(t, replaceInitializers(i))
	})
}

// WithCallback is a value that trains with one more callback, made anew for each training.
func WithCallback(label string, callback func() fit.Callback) Value {
	return Value{Label: label, Callbacks: func(training.Training) []fit.Callback { return []fit.Callback{callback()} }}
}

func activationLabel(a nn.Activation) string {
	if name := nn.ActivationName(a); name != "" {
		return name
	}
	return describeValue(a)
}

func initializerLabel(i nn.Initializer) string {
	if name := nn.InitializerName(i); name != "" {
		return name
	}
	return describeValue(i)
}

// describeValue is "ClipByNorm{Max:1}" for optim.ClipByNorm{Max: 1}, and "none" for nil.
func describeValue[T any](v T) string {
	if any(v) == nil {
		return "none"
	}
	text := fmt.Sprintf("%T%+v", v, v)
	for i, r := range text {
		if r == '.' {
			return text[i+1:]
		}
		if r == '{' {
			break
		}
	}
	return text
}

// number writes a rate as short as reads back the same.
func number(v float64) string { return strconv.FormatFloat(v, 'g', -1, 64) }

// round keeps some significant digits.
func round(v float64, digits int) float64 {
	r, err := strconv.ParseFloat(strconv.FormatFloat(v, 'g', digits, 64), 64)
	if err != nil {
		return v // out of range: it stays what it was
	}
	return r
}

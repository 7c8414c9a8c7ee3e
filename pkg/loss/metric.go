package loss

import (
	"errors"
	"fmt"

	"example.com/unstuck/internal/codec"
)

// Metric is a number of interest that is reported beside the loss and not minimized: a [Loss], whose mean over all rows it is,
// or an [Accumulator]. What is neither is refused where a model is compiled.
type Metric interface {
	// String is the metric's name in histories.
	String() string
}

// HigherIsBetter is implemented by metrics that are at best when they are large, such as [Accuracy].
// Callbacks that look for the best epoch ask; metrics that don't tell are best when small.
type HigherIsBetter interface{ HigherIsBetter() bool }

// metrics has what this package provides, under the names that Keras has in keras.metrics.
var metrics = codec.NewRegistry[Metric]("metrics")

// Losses are entered when all of them are registered: Keras has these among its metrics too.
func init() {
	for _, l := range []Metric{
		MSE{}, MAE{}, MAPE{}, MSLE{}, Poisson{}, KLDivergence{}, Hinge{}, SquaredHinge{}, CategoricalHinge{},
		BinaryCrossentropy{}, CategoricalCrossentropy{}, SparseCategoricalCrossentropy{},
	} {
		metrics.Add(l)
	}
	metrics.Variant("LogCoshError", LogCosh{})
}

// MetricClass is the metric that Keras knows by that class, "RootMeanSquaredError"; false for those that are not here.
func MetricClass(name string) (*codec.Class, bool) { return metrics.Class(name) }

// ValidateMetrics refuses metrics that cannot be told apart and those that refuse their settings.
func ValidateMetrics(all []Metric) error {
	seen := map[string]bool{"loss": true}
	for i, metric := range all {
		if metric == nil {
			return fmt.Errorf("metric %d is nil", i)
		}
		if err := validate(metric); err != nil {
			return err
		}
		name := metric.String()
		if name == "loss" {
			return errors.New(`a metric cannot be named "loss"`)
		}
		if seen[name] {
			return fmt.Errorf("two metrics are named %q", name)
		}
		seen[name] = true
	}
	return nil
}

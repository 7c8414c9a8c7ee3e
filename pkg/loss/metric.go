package loss

import (
	"errors"
	"fmt"
	"reflect"

	"github.com/gomlx/gomlx/core/graph"

	"example.com/unstuck/internal/codec"
)

// Metric is a number of interest that is averaged over rows but not minimized. Every [Loss] is one.
type Metric interface {
	// PerRow returns the metric of each row, shape [batch].
	PerRow(labels, predictions *graph.Node) *graph.Node
	// String is the metric's name in histories.
	String() string
}

// Finisher is implemented by metrics that are a function of the mean over all rows, such as [RMSE].
type Finisher interface{ Final(mean float64) float64 }

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

// MetricKerasCode is Python that makes the same metric for Keras' model.compile(metrics=[…]): "keras.metrics.MeanAbsoluteError()".
// Of an [OnOutput] it is the metric. One that Keras doesn't have is an error.
func MetricKerasCode(m Metric) (string, error) {
	if on, ok := m.(OnOutput); ok {
		return MetricKerasCode(on.Metric)
	}
	if m == nil {
		return "", errors.New("there is no metric")
	}
	if name := metrics.NameOf(m); name != "" {
		return codec.PythonString(name), nil
	}
	call, err := codec.Python(m)
	if err != nil {
		return "", fmt.Errorf("%T: Keras has no such metric", m)
	}
	for _, c := range metrics.Classes() {
		if c.Type == reflect.TypeOf(m) {
			call.Function = "keras.metrics." + c.Name
			return call.String(), nil
		}
	}
	// Of a loss as an object, Keras would take the mean over batches.
	c, _ := codec.ClassOf(m)
	name := losses.NameOf(c.Zero().(Loss))
	if name == "" {
		return "", fmt.Errorf("%T: Keras has no such metric", m)
	}
	call.Function = "keras.metrics.MeanMetricWrapper"
	call.Arguments = append([]string{"keras.losses." + name}, call.Arguments...)
	return call.String(), nil
}

// ValidateMetrics refuses metrics that cannot be told apart and those that refuse their settings.
func ValidateMetrics(all []Metric) error {
	seen := map[string]bool{"loss": true}
	for i, metric := range all {
		if metric == nil {
			return fmt.Errorf("metric %d is nil", i)
		}
		if v, ok := metric.(interface{ Validate() error }); ok {
			if err := v.Validate(); err != nil {
				return err
			}
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

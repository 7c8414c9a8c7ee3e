package fit

import (
	"errors"
	"fmt"

	"github.com/gomlx/gomlx/core/graph"
)

// Metric is a number of interest that is averaged over rows but not minimized. Every loss.Loss is one.
type Metric interface {
	// PerRow returns the metric of each row, shape [batch].
	PerRow(labels, predictions *graph.Node) *graph.Node
	// String is the metric's name in the History.
	String() string
}

// Finisher is implemented by metrics that are a function of the mean over all rows, such as [RMSE].
type Finisher interface{ Final(mean float64) float64 }

// HigherIsBetter is implemented by metrics that are at best when they are large, such as [Accuracy].
// Callbacks that look for the best epoch ask; metrics that don't tell are best when small.
type HigherIsBetter interface{ HigherIsBetter() bool }

// checkMetrics refuses metrics that cannot be told apart and those that refuse their settings.
func checkMetrics(metrics []Metric) error {
	seen := map[string]bool{"loss": true}
	for i, metric := range metrics {
		if metric == nil {
			return fmt.Errorf("metric %d is nil", i)
		}
		name := metric.String()
		if name == "loss" {
			return errors.New(`a metric cannot be named "loss"`)
		}
		if seen[name] {
			return fmt.Errorf("two metrics are named %q", name)
		}
		seen[name] = true
		if v, ok := metric.(interface{ Validate() error }); ok {
			if err := v.Validate(); err != nil {
				return err
			}
		}
	}
	return nil
}

// metricValues puts names to the metrics of a record.
func (m *Model) metricValues(means []float64) map[string]float64 {
	if len(m.options.Metrics) == 0 {
		return nil
	}
	named := map[string]float64{}
	for i, metric := range m.options.Metrics {
		named[metric.String()] = means[i]
		if f, ok := metric.(Finisher); ok {
			named[metric.String()] = f.Final(means[i])
		}
	}
	return named
}

package loss

import (
	"fmt"

	"github.com/gomlx/gomlx/core/graph"
)

// OnOutput is a metric of one of a model's several outputs; its name is "<output>_<metric>", as in Keras.
type OnOutput struct {
	Output string // its name, see nn.OutputNames; empty: the first
	Metric Metric
}

// PerRow implements [Metric] on the labels and predictions of the output.
func (o OnOutput) PerRow(labels, predictions *graph.Node) *graph.Node {
	return o.Metric.PerRow(labels, predictions)
}

// PerRowOf implements [Batchwise] for a metric that is one.
func (o OnOutput) PerRowOf(labels, predictions, mask *graph.Node) *graph.Node {
	return Rows(o.Metric, labels, predictions, mask)
}

// String is "<output>_<metric>".
func (o OnOutput) String() string {
	if o.Output == "" {
		return o.Metric.String()
	}
	return o.Output + "_" + o.Metric.String()
}

// Final implements [Finisher] as the metric does.
func (o OnOutput) Final(mean float64) float64 {
	if f, ok := o.Metric.(Finisher); ok {
		return f.Final(mean)
	}
	return mean
}

// HigherIsBetter tells it as the metric does.
func (o OnOutput) HigherIsBetter() bool {
	h, ok := o.Metric.(HigherIsBetter)
	return ok && h.HigherIsBetter()
}

// Validate refuses what the metric refuses.
func (o OnOutput) Validate() error {
	if o.Metric == nil {
		return fmt.Errorf("OnOutput{Output: %q} has no metric", o.Output)
	}
	if v, ok := o.Metric.(interface{ Validate() error }); ok {
		return v.Validate()
	}
	return nil
}

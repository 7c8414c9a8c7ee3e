package fit

import (
	"fmt"
	"slices"
	"strings"

	"github.com/gomlx/gomlx/core/graph"

	"example.com/unstuck/pkg/loss"
	"example.com/unstuck/pkg/nn"
)

// OnOutput is a metric of one of a model's several outputs; its name is "<output>_<metric>", as in Keras.
type OnOutput struct {
	Output string // its name, see [nn.OutputNames]; empty: the first
	Metric Metric

	at       int  // its place among the outputs
	weighted bool // by the weights of samples, as the loss of an output is
}

// PerRow implements [Metric] on the labels and predictions of the output.
func (o OnOutput) PerRow(labels, predictions *graph.Node) *graph.Node {
	return o.Metric.PerRow(labels, predictions)
}

// String is "<output>_<metric>".
func (o OnOutput) String() string {
	name := o.Metric.String()
	if o.weighted {
		name = "loss"
	}
	if o.Output == "" {
		return name
	}
	return o.Output + "_" + name
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

// forOutputs gives every output its loss and its metrics: one loss is that of each output, as in Keras. The loss of each
// of several outputs is reported beside their sum.
func forOutputs(net nn.Layer, l loss.Loss, metrics []Metric) (loss.Loss, []Metric, error) {
	names := nn.OutputNames(net)
	all, given := l.(loss.Outputs)
	switch {
	case given && len(all) != len(names):
		return nil, nil, fmt.Errorf("there are losses for %d outputs, the model has %d: %s", len(all), len(names), strings.Join(names, ", "))
	case len(names) == 1 && !given:
		metrics, err := onOutputs(metrics, names)
		return l, metrics, err
	}
	named := make(loss.Outputs, len(names))
	for i := range named {
		named[i].Loss = l
		if given {
			named[i] = all[i]
		}
		if named[i].Name == "" {
			named[i].Name = names[i]
		}
		names[i] = named[i].Name
	}
	placed, err := onOutputs(metrics, names)
	if err != nil {
		return nil, nil, err
	}
	var reported []Metric
	for i, output := range named {
		if output.Loss != nil && len(named) > 1 {
			reported = append(reported, OnOutput{Output: output.Name, Metric: output.Loss, at: i, weighted: true})
		}
	}
	return named, append(reported, placed...), nil
}

// onOutputs finds the place of each metric's output.
func onOutputs(metrics []Metric, names []string) ([]Metric, error) {
	placed := slices.Clone(metrics)
	for i, metric := range metrics {
		on, ok := metric.(OnOutput)
		switch {
		case !ok && len(names) == 1:
			continue
		case !ok && metric != nil:
			return nil, fmt.Errorf("the metric %s is of which output? Give fit.OnOutput{Output: %q, Metric: …}; there are %s", metric, names[0], strings.Join(names, ", "))
		case on.Output == "":
			on.at = 0
		default:
			if on.at = slices.Index(names, on.Output); on.at < 0 {
				return nil, fmt.Errorf("a metric is of output %q; there are %s", on.Output, strings.Join(names, ", "))
			}
		}
		placed[i] = on
	}
	return placed, nil
}

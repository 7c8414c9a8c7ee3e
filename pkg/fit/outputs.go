package fit

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/gomlx/gomlx/core/graph"

	"example.com/unstuck/pkg/loss"
	"example.com/unstuck/pkg/nn"
)

// placed is a metric of an output whose place is known.
type placed struct {
	loss.Reported
	at int // its place among the outputs
}

// lossOf is the loss of an output as it is reported beside the sum of all: of weighted rows, divided by their number.
type lossOf struct{ loss.Loss }

// String is "loss".
func (lossOf) String() string { return "loss" }

// Sums implements [loss.Accumulator].
func (l lossOf) Sums(b loss.Batch) *graph.Node {
	rows := graph.ReduceAllSum(b.Weighted(b.Losses(l.Loss)))
	b.Weight = b.Mask
	return stack([]*graph.Node{rows, b.Total()})
}

// Values implements [loss.Accumulator].
func (lossOf) Values(sums []float64) []float64 { return []float64{sums[0] / sums[1]} }

// forOutputs gives every output its loss and its metrics: one loss is that of each output, as in Keras. The loss of each
// of several outputs is reported beside their sum.
func forOutputs(net nn.Layer, l loss.Loss, metrics []loss.Metric) (loss.Loss, []loss.Metric, error) {
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
	onTheirs, err := onOutputs(metrics, names)
	if err != nil {
		return nil, nil, err
	}
	var reported []loss.Metric
	for i, output := range named {
		if output.Loss != nil && len(named) > 1 {
			reported = append(reported, placed{loss.Reported{Output: output.Name, Metric: lossOf{output.Loss}, Weighted: true}, i})
		}
	}
	return named, append(reported, onTheirs...), nil
}

// checkMasks refuses losses and metrics that can't leave the steps out that a mask of their output takes out.
func checkMasks(net nn.Layer, l loss.Loss, metrics []loss.Metric) error {
	masks := nn.MaskedOutputs(net, len(nn.InputNames(net)))
	check := func(at int, m loss.Metric) error {
		if m == nil || at >= len(masks) || !masks[at] {
			return nil
		}
		return loss.MaskedOutput(m)
	}
	all, several := l.(loss.Outputs)
	if !several {
		all = loss.Outputs{{Loss: l}}
	}
	var errs []error
	for i, output := range all {
		if output.Loss != nil {
			errs = append(errs, check(i, output.Loss))
		}
	}
	for _, metric := range metrics {
		on, _ := metric.(placed)
		errs = append(errs, check(on.at, on.Metric))
	}
	return errors.Join(errs...)
}

// onOutputs finds the place of each metric's output.
func onOutputs(metrics []loss.Metric, names []string) ([]loss.Metric, error) {
	all := make([]loss.Metric, len(metrics))
	for i, metric := range metrics {
		on, ok := metric.(loss.Reported)
		at := 0
		switch {
		case !ok && len(names) == 1:
			on.Metric = metric
		case !ok:
			return nil, fmt.Errorf("the metric %s is of which output? Give loss.Reported{Output: %q, Metric: …}; there are %s", metric, names[0], strings.Join(names, ", "))
		case on.Output != "":
			if at = slices.Index(names, on.Output); at < 0 {
				return nil, fmt.Errorf("a metric is of output %q; there are %s", on.Output, strings.Join(names, ", "))
			}
		}
		all[i] = placed{on, at}
	}
	return all, nil
}

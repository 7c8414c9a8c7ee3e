package fit

import (
	"fmt"
	"slices"

	"github.com/gomlx/compute/gobackend"
	"github.com/gomlx/gomlx/core/graph"

	"example.com/unstuck/pkg/loss"
	"example.com/unstuck/pkg/nn"
)

// metricLayout is how the sums of the metrics lie in a record behind the loss.
type metricLayout struct {
	targets [][]int // what it was found for
	sizes   []int   // sums of each metric
}

// metricSums adds what a batch adds to each metric.
func (m *Model) metricSums(b batch, predictions []*graph.Node) []*graph.Node {
	all := make([]*graph.Node, len(m.options.Metrics))
	for i, metric := range m.options.Metrics {
		named("metric", metric.String(), func() {
			on := metric.(placed)
			all[i] = on.Sums(b.seen(on, predictions))
		})
	}
	return all
}

// seen is what a metric looks at.
func (b batch) seen(on placed, predictions []*graph.Node) loss.Batch {
	seen := loss.Batch{Labels: b.ys[on.at], Predictions: predictions[on.at], Weight: b.mask, Mask: b.mask, Steps: nn.MaskOf(predictions[on.at]), Together: b.together}
	if on.Weighted && b.weight != nil {
		seen.Weight = b.weight
		if b.mask != nil {
			seen.Weight = graph.Mul(b.weight, b.mask)
		}
	}
	return seen
}

// layMetrics finds out how many sums each metric has, for rows and targets of these shapes.
func (m *Model) layMetrics(rows, targets [][]int) error {
	if len(m.options.Metrics) == 0 || slices.EqualFunc(m.layout.targets, targets, slices.Equal) {
		return nil
	}
	if n := len(nn.OutputNames(m.net)); len(targets) != n {
		return fmt.Errorf("the model has %d outputs, the data targets for %d", n, len(targets))
	}
	layout := metricLayout{targets: cloned(targets)}
	err := catch(func() {
		g := graph.NewGraph(gobackend.GetBackend(), "metrics")
		xs, ys := m.traceInputs(g, "x", rows), m.traceInputs(g, "y", targets)
		for _, sums := range m.metricSums(batch{xs: xs, ys: ys}, m.outputs(m.attach(g, false, nil), xs)) {
			layout.sizes = append(layout.sizes, sums.Shape().Size())
		}
	})
	if err != nil {
		return fmt.Errorf("on a trial batch of %d rows: %w", m.trialRows(), withoutStack(err))
	}
	m.layout = layout
	return nil
}

// columns is the length of the record of a training step and of an evaluation: the loss, then the sums of each metric.
func (m *Model) columns() int {
	n := 1
	for _, size := range m.layout.sizes {
		n += size
	}
	return n
}

// metricValues works the metrics out of their sums.
func (m *Model) metricValues(sums []float64) map[string]float64 {
	if len(m.options.Metrics) == 0 {
		return nil
	}
	values := map[string]float64{}
	for i, metric := range m.options.Metrics {
		n := m.layout.sizes[i]
		all := metric.(placed).Values(sums[:n])
		for k, name := range valueNames(metric, len(all)) {
			values[name] = all[k]
		}
		sums = sums[n:]
	}
	return values
}

// metricNames are the names of all values, in the order of the metrics.
func (m *Model) metricNames() []string {
	var names []string
	for i, metric := range m.options.Metrics {
		n := 1
		if i < len(m.layout.sizes) {
			n = len(metric.(placed).Values(make([]float64, m.layout.sizes[i])))
		}
		names = append(names, valueNames(metric, n)...)
	}
	return names
}

// valueNames are the metric's name, or several with a number behind it: "precision[0]".
func valueNames(metric loss.Metric, n int) []string {
	if n == 1 {
		return []string{metric.String()}
	}
	names := make([]string, n)
	for i := range names {
		names[i] = fmt.Sprintf("%s[%d]", metric, i)
	}
	return names
}

package probe

import (
	"fmt"
	"math"

	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/gomlx/core/graph"

	"example.com/unstuck/pkg/fit"
)

// Quantity is what a [Histogram] counts.
type Quantity int

// Quantities of a [Histogram].
const (
	Outputs   Quantity = iota // of each layer, over rows of data and units
	Gradients                 // of each weight, as they come from the loss
	Weights                   // each, before the step
	Updates                   // of each weight: after the step minus before
)

// String is "outputs", for instance.
func (q Quantity) String() string {
	if names := [...]string{"outputs", "gradients", "weights", "updates"}; q >= 0 && int(q) < len(names) {
		return names[q]
	}
	return fmt.Sprintf("Quantity(%d)", int(q))
}

// Histogram counts how many values fall into each of Bins bins of equal width between Low and High; a value
// on a border belongs to the bin above it. Values outside are counted apart, NaN is not counted.
//
// It is costly: every value is compared with every border.
type Histogram struct {
	Of        Quantity // the zero value: Outputs
	Low, High float64  // both 0: −3 and 3 for outputs and weights, −0.1 and 0.1 for gradients and updates
	Bins      int      // 0: 60
}

// prefix begins the names of the readings.
func (h Histogram) prefix() string { return "histogram of " + h.Of.String() + "/" }

// settled fills defaults in, and panics with what is impossible.
func (h Histogram) settled() Histogram {
	if h.Low == 0 && h.High == 0 {
		h.Low, h.High = -3, 3
		if h.Of == Gradients || h.Of == Updates {
			h.Low, h.High = -0.1, 0.1
		}
	}
	if h.Bins == 0 {
		h.Bins = 60
	}
	switch {
	case h.Of < Outputs || h.Of > Updates:
		panic(fmt.Errorf("probe.Histogram of %s: there is no such quantity", h.Of))
	case !(h.Low < h.High) || math.IsInf(h.Low, 0) || math.IsInf(h.High, 0):
		panic(fmt.Errorf("probe.Histogram from %g to %g: must be finite and rise", h.Low, h.High))
	case h.Bins < 0:
		panic(fmt.Errorf("probe.Histogram with %d bins: must be positive", h.Bins))
	}
	return h
}

// Measure implements [fit.Probe].
func (h Histogram) Measure(s *fit.StepGraph) []fit.Reading {
	h = h.settled()
	var all []fit.Reading
	add := func(name string, values, keep *graph.Node) {
		all = append(all, fit.Reading{Name: h.prefix() + name, Value: h.count(values, keep)})
	}
	if h.Of == Outputs {
		for _, o := range outputs(s) {
			add(o.name, o.x, o.keep)
		}
		return all
	}
	for _, w := range s.Weights {
		switch h.Of {
		case Gradients:
			add(name(w.Path), w.Gradient, nil)
		case Weights:
			add(name(w.Path), w.Before, nil)
		case Updates:
			add(name(w.Path), graph.Sub(w.After, w.Before), nil)
		}
	}
	return all
}

// edges are the borders of the bins, as the device sees them.
func (h Histogram) edges() []float32 {
	edges := make([]float32, h.Bins+1)
	for i := range edges {
		edges[i] = float32(h.Low + (h.High-h.Low)*float64(i)/float64(h.Bins))
	}
	return edges
}

// count returns the borders and behind them, for each, how many values lie at or above it: differences of
// neighbours are the bins. The last number is that of all values but NaN.
func (h Histogram) count(x, keep *graph.Node) *graph.Node {
	g := x.Graph()
	edges := graph.Const(g, h.edges())
	n := x.Shape().Size()
	values := graph.BroadcastToDims(graph.Reshape(x, 1, n), h.Bins+1, n)
	above := graph.GreaterOrEqual(values, graph.BroadcastToDims(graph.Reshape(edges, h.Bins+1, 1), h.Bins+1, n))
	flat := graph.Reshape(x, n)
	all := graph.Equal(flat, flat) // NaN isn't itself
	if keep != nil {
		keep = graph.Reshape(keep, n)
		all = graph.LogicalAnd(all, keep)
		above = graph.LogicalAnd(above, graph.BroadcastToDims(graph.Reshape(keep, 1, n), h.Bins+1, n))
	}
	counts := graph.ReduceSum(graph.ConvertDType(above, dtypes.Float32), 1)
	total := graph.Reshape(graph.ReduceAllSum(graph.ConvertDType(all, dtypes.Float32)), 1)
	return graph.Concatenate([]*graph.Node{edges, counts, total}, 0)
}

// Histograms are the distributions of one quantity. They are exact up to 16 million values each.
type Histograms struct {
	Of     Quantity
	Layers []string      // layers for outputs, else weights
	Steps  []int         // measured, counted from 1
	Edges  []float64     // rising, one more than bins
	Counts [][][]float64 // [layer][k][bin]
	Below  [][]float64   // [layer][k], values below the first edge
	Above  [][]float64   // [layer][k], values at or above the last edge
}

// ReadHistograms returns what [Histogram] measured of one quantity. It is an error when it measured nothing.
func ReadHistograms(h *fit.History, of Quantity) (Histograms, error) {
	r := under(h, Histogram{Of: of}.prefix())
	if len(r.names) == 0 || len(h.Readings.Rows) == 0 {
		return Histograms{}, fmt.Errorf("%w (of %s)", missing(h, Histogram{}), of)
	}
	out := Histograms{Of: of, Layers: r.names, Steps: h.Readings.Steps}
	n := len(r.values[0][0]) / 2 // edges
	for _, e := range r.values[0][0][:n] {
		out.Edges = append(out.Edges, float64(e))
	}
	for _, column := range r.values {
		var counts [][]float64
		var below, above []float64
		for _, v := range column {
			bins := make([]float64, n-1)
			for b := range bins {
				bins[b] = float64(v[n+b] - v[n+b+1])
			}
			counts = append(counts, bins)
			below = append(below, float64(v[2*n]-v[n]))
			above = append(above, float64(v[2*n-1]))
		}
		out.Counts, out.Below, out.Above = append(out.Counts, counts), append(out.Below, below), append(out.Above, above)
	}
	return out, nil
}

// Layer returns one layer's counts, [k][bin]; nil when there is no such layer.
func (h Histograms) Layer(name string) [][]float64 {
	for i, n := range h.Layers {
		if n == name {
			return h.Counts[i]
		}
	}
	return nil
}

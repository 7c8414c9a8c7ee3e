package probe

import (
	"math"

	"github.com/gomlx/gomlx/core/graph"
)

// norm is the L2 norm of all of x, as a scalar. A product with itself is the one way of summing that XLA
// has fast code for on every platform.
func norm(x *graph.Node) *graph.Node {
	flat := graph.Reshape(x, -1)
	return graph.Sqrt(graph.Dot(flat, flat).Product())
}

// together is the norm of several vectors as if they were one, given the norm of each.
func together(norms []float64) float64 {
	sum := 0.0
	for _, n := range norms {
		sum += n * n
	}
	return math.Sqrt(sum)
}

// globally is together at each measured step, norms[weight][k].
func globally(norms [][]float64) []float64 {
	if len(norms) == 0 {
		return nil
	}
	all := make([]float64, len(norms[0]))
	at := make([]float64, len(norms))
	for k := range all {
		for i := range norms {
			at[i] = norms[i][k]
		}
		all[k] = together(at)
	}
	return all
}

// merged puts the norms of the weights of one layer together. The layers come in the order of their first
// weight.
func merged(weights []string, norms [][]float64) (layers []string, merged [][]float64) {
	rows := map[string][][]float64{}
	for i, w := range weights {
		layer := layerOf(w)
		if rows[layer] == nil {
			layers = append(layers, layer)
		}
		rows[layer] = append(rows[layer], norms[i])
	}
	for _, layer := range layers {
		merged = append(merged, globally(rows[layer]))
	}
	return layers, merged
}

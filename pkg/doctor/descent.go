package doctor

import (
	"fmt"
	"math"
	"slices"

	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"

	"example.com/unstuck/pkg/dataset"
	"example.com/unstuck/pkg/loss"
)

// ofBatches is implemented by losses of other packages that say what they compare with batches of targets: predictions of so
// many numbers a row, in batches of so many rows.
type ofBatches interface {
	loss.Loss
	Batches() (predictions, rows int)
}

// How a constant is searched for: steps of Adam from each start, at each rate, on so many batches at most. More of any changed no
// loss of testdata/own of package torch in its third digit.
const (
	descentSteps   = 150
	descentBatches = 8
)

// bestByDescent is the lowest loss of one row of predictions for all rows that gradient descent finds. Starts are 0, one half and,
// where predictions have the targets' shape, the targets' means. A better constant may exist.
func bestByDescent(l ofBatches, y dataset.Array) (lowest float64, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("the loss %s on constants: %v", l, p)
		}
	}()
	size, batch := l.Batches()
	batch = min(max(batch, 1), y.Rows())
	var parts []any
	count := max(1, min(descentBatches, y.Rows()/batch))
	for i := range count {
		from := 0
		if count > 1 {
			from = i * (y.Rows() - batch) / (count - 1)
		}
		parts = append(parts, y.Range(from, from+batch).Tensor())
	}
	exec, err := graph.NewExec(pureGo(), func(all []*graph.Node) (value, gradient *graph.Node) {
		constant := all[0]
		predictions := graph.BroadcastToDims(graph.Reshape(constant, 1, size), batch, size)
		for _, y := range all[1:] {
			mean := graph.ReduceAllMean(l.PerRow(y, predictions))
			if value == nil {
				value = mean
			} else {
				value = graph.Add(value, mean)
			}
		}
		value = graph.DivScalar(value, float64(count))
		return value, graph.Gradient(value, constant)[0]
	})
	if err != nil {
		return 0, err
	}
	defer exec.Finalize()
	scale := 1.0
	for _, v := range y.Values {
		scale = max(scale, math.Abs(float64(v)))
	}
	lowest = math.Inf(1)
	for _, start := range starts(size, y) {
		for _, rate := range slices.Compact([]float64{0.05, 0.05 * scale}) {
			v, err := descend(exec, parts, start, rate)
			if err != nil {
				return 0, err
			}
			lowest = min(lowest, v)
		}
	}
	if math.IsInf(lowest, 0) {
		return 0, fmt.Errorf("no constant prediction has a finite loss %s", l)
	}
	return lowest, nil
}

func starts(size int, y dataset.Array) [][]float32 {
	all := [][]float32{make([]float32, size), slices.Repeat([]float32{0.5}, size)}
	if y.RowSize() == size && y.Rows() > 0 {
		means := make([]float64, size)
		for i, v := range y.Values {
			means[i%size] += float64(v) / float64(y.Rows())
		}
		row := make([]float32, size)
		for i, m := range means {
			row[i] = float32(m)
		}
		all = append(all, row)
	}
	return all
}

// descend is the lowest finite loss on the way.
func descend(exec *graph.Exec, parts []any, start []float32, rate float64) (float64, error) {
	at := slices.Clone(start)
	first, second := make([]float64, len(at)), make([]float64, len(at))
	lowest := math.Inf(1)
	for step := 1; step <= descentSteps; step++ {
		out, err := exec.Call(append([]any{tensors.FromFlatDataAndDimensions(slices.Clone(at), len(at))}, parts...)...)
		if err != nil {
			return 0, err
		}
		value := float64(tensors.ToScalar[float32](out[0]))
		gradient := tensors.MustCopyFlatData[float32](out[1])
		if math.IsNaN(value) || math.IsInf(value, 0) {
			return lowest, nil
		}
		lowest = min(lowest, value)
		for i, g := range gradient {
			g := float64(g)
			if math.IsNaN(g) || math.IsInf(g, 0) {
				return lowest, nil
			}
			first[i] += 0.1 * (g - first[i])
			second[i] += 0.001 * (g*g - second[i])
			m, v := first[i]/(1-math.Pow(0.9, float64(step))), second[i]/(1-math.Pow(0.999, float64(step)))
			at[i] -= float32(rate * m / (math.Sqrt(v) + 1e-8))
		}
	}
	return lowest, nil
}

package doctor

import (
	"fmt"
	"math"
	"slices"

	"github.com/gomlx/gomlx/core/graph"

	"example.com/unstuck/internal/codec"
	"example.com/unstuck/pkg/dataset"
	"example.com/unstuck/pkg/loss"
)

// constantsTried is how many quantiles of the labels are tried as a constant prediction.
const constantsTried = 11

// bestConstant stands in for [loss.BestConstant] where that isn't known: the lowest loss of some constants, quantiles and means of the
// labels' columns, 0, and the logits of means between 0 and 1 for losses that look at rows one by one. A better constant may exist,
// so what is explained is told a bit too high. A loss that isn't of pkg/loss is an error: it may take predictions of another shape
// than labels.
func bestConstant(l loss.Loss, y dataset.Array, weights []float32) (lowest float64, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("the loss %s on constants of shape %v: %v", l, y.Shape, p)
		}
	}()
	if _, ours := codec.ClassOf(l); !ours {
		return 0, fmt.Errorf("the loss %s: %w", l, loss.ErrUnknownConstant)
	}
	columns := make([][]float32, y.RowSize())
	for i, v := range y.Values {
		columns[i%len(columns)] = append(columns[i%len(columns)], v)
	}
	for _, c := range columns {
		slices.Sort(c)
	}
	constant := func(of func(sorted []float32) float64) []float32 {
		row := make([]float32, len(columns))
		for j, c := range columns {
			row[j] = float32(of(c))
		}
		return row
	}
	mean := func(sorted []float32) float64 {
		sum := 0.0
		for _, v := range sorted {
			sum += float64(v)
		}
		return sum / float64(len(sorted))
	}
	tried := [][]float32{constant(mean), constant(func([]float32) float64 { return 0 })}
	if _, batchwise := l.(loss.Batchwise); !batchwise { // which may fall without end outside of the labels' range
		tried = append(tried, constant(func(c []float32) float64 { m := mean(c); return math.Log(m / (1 - m)) }))
	}
	for k := range constantsTried {
		tried = append(tried, constant(func(c []float32) float64 { return float64(c[k*(len(c)-1)/(constantsTried-1)]) }))
	}
	exec, err := graph.NewExec(pureGo(), func(y, p *graph.Node) *graph.Node { return l.PerRow(y, p) })
	if err != nil {
		return 0, err
	}
	defer exec.Finalize()
	lowest = math.Inf(1)
	for _, row := range tried {
		rows, err := callLoss(exec, y, dataset.Array{Shape: y.Shape, Values: slices.Repeat(row, y.Rows())})
		if err != nil {
			return 0, err
		}
		if v := weightedMean(rows, weights); v < lowest { // NaN is no loss
			lowest = v
		}
	}
	if math.IsInf(lowest, 0) {
		return 0, fmt.Errorf("no constant prediction has a finite loss %s", l)
	}
	return lowest, nil
}

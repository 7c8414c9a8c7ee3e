package loss

import (
	"fmt"
	"math"
)

// BestConstant is the lowest mean loss that a prediction can have which ignores its input: one constant for
// each output, fitted to these very labels. A model that has learned anything is below it; one that ends
// there has learned the labels' mean and no more.
//
// labels are row-major of the given shape, [rows, …], without weights. The constant is the mean for [MSE]
// and [Poisson], the median for [MAE], the frequency of the labels for the cross-entropies, and found by
// bisection for [Huber] and [LogCosh]. Computed in float64.
//
// Errors: no rows, a NaN or infinite label, labels that the loss isn't meant for, an unknown loss.
func BestConstant(l Loss, labels []float32, shape []int) (float64, error) {
	t, err := newTable(labels, shape)
	if err != nil {
		return 0, err
	}
	if v, ok := l.(interface{ Validate() error }); ok {
		if err := v.Validate(); err != nil {
			return 0, err
		}
	}
	switch l := l.(type) {
	case MSE:
		return t.mean(bestSquared)
	case MAE:
		return t.mean(bestAbsolute)
	case Huber:
		return t.mean(func(c []float64) (float64, error) { return bestHuber(c, l.delta()) })
	case LogCosh:
		return t.mean(bestLogCosh)
	case Poisson:
		return t.mean(bestPoisson)
	case BinaryCrossentropy:
		return t.mean(func(c []float64) (float64, error) { return bestBinary(c, l) })
	case CategoricalCrossentropy:
		return bestCategorical(t, l)
	case SparseCategoricalCrossentropy:
		return t.mean(func(c []float64) (float64, error) { return bestSparse(c, l) })
	default:
		return 0, fmt.Errorf("the best constant for the loss %s isn't known", l)
	}
}

// table holds labels by column: one for each output, all rows of it.
type table struct {
	columns [][]float64
	last    int // size of the last axis but the rows, 1 if there is none
}

func newTable(labels []float32, shape []int) (*table, error) {
	size, last := 1, 1
	for i, d := range shape {
		size *= d
		if i > 0 {
			last = d
		}
	}
	if len(shape) == 0 || size <= 0 || size != len(labels) {
		return nil, fmt.Errorf("%d labels for shape %v: need at least one row, and as many values as the shape says", len(labels), shape)
	}
	t := &table{columns: make([][]float64, size/shape[0]), last: last}
	for i, y := range labels {
		if x := float64(y); math.IsNaN(x) || math.IsInf(x, 0) {
			return nil, fmt.Errorf("label %g in row %d: no loss is finite there", y, i/len(t.columns))
		}
		j := i % len(t.columns)
		t.columns[j] = append(t.columns[j], float64(y))
	}
	return t, nil
}

// mean averages what best says of each column.
func (t *table) mean(best func(column []float64) (float64, error)) (float64, error) {
	sum := 0.0
	for _, c := range t.columns {
		value, err := best(c)
		if err != nil {
			return 0, err
		}
		sum += value
	}
	return sum / float64(len(t.columns)), nil
}

// average is the mean of f over x.
func average(x []float64, f func(float64) float64) float64 {
	sum := 0.0
	for _, v := range x {
		sum += f(v)
	}
	return sum / float64(len(x))
}

func identity(x float64) float64 { return x }

package loss

import (
	"errors"
	"fmt"
	"math"
)

// ErrUnknownConstant is the error of [BestConstant] for a loss whose best constant nobody has worked out.
var ErrUnknownConstant = errors.New("isn't known")

// BestConstant is the lowest mean loss that a prediction can have which ignores its input: one constant for
// each output, fitted to these very labels. A model that has learned anything is below it; one that ends
// there has learned the labels' mean and no more.
//
// labels are row-major of the given shape, [rows, …]; weights holds one a row, nil for 1 each. They are those of a training: the
// losses of the rows are multiplied by them and summed, and divided by the number of rows. The constant is the mean for [MSE]
// and [Poisson], the median for [MAE], the frequency of the labels for the cross-entropies, and found by
// bisection for [Huber] and [LogCosh], all of them weighted. Computed in float64.
//
// Errors: no rows, a NaN or infinite label, a weight that is negative, NaN or infinite, labels that the loss isn't meant for, [ErrUnknownConstant].
func BestConstant(l Loss, labels []float32, shape []int, weights []float32) (float64, error) {
	t, err := newTable(labels, shape)
	if err != nil {
		return 0, err
	}
	share, err := t.weigh(weights)
	if err != nil || share == 0 {
		return 0, err
	}
	if v, ok := l.(interface{ Validate() error }); ok {
		if err := v.Validate(); err != nil {
			return 0, err
		}
	}
	best, err := t.best(l)
	if _, byWeight := l.(MeanByWeight); byWeight {
		share = 1
	}
	return share * best, err
}

// best is the lowest weighted mean of a loss.
func (t *table) best(l Loss) (float64, error) {
	switch l := l.(type) {
	case MSE:
		return t.mean(bestSquared)
	case MAE:
		return t.mean(bestAbsolute)
	case Huber:
		best, err := t.mean(func(c column) (float64, error) { return bestHuber(c, l.delta()) })
		if l.Unit {
			best /= l.delta()
		}
		return best, err
	case LogCosh:
		return t.mean(bestLogCosh)
	case Poisson:
		return t.mean(bestPoisson)
	case BinaryCrossentropy:
		return t.bestBinary(l)
	case CategoricalCrossentropy:
		return bestCategorical(t, l)
	case SparseCategoricalCrossentropy:
		if l.counts() {
			return bestCounted(t, l)
		}
		return t.mean(func(c column) (float64, error) { return bestSparse(c, l) })
	case PoissonNLLLoss:
		return t.mean(l.best)
	case SoftMarginLoss:
		return t.mean(l.best)
	case GaussianNLLLoss:
		return t.mean(l.best)
	case MarginRankingLoss:
		return t.mean(l.best)
	case CosineEmbeddingLoss:
		return t.mean(l.best)
	case TripletMarginLoss: // of a model that gives the same vector whatever it is given
		return max(0, l.Margin), nil
	case MultiMarginLoss:
		return l.best(t)
	case MultiLabelMarginLoss:
		return l.best(t)
	case KLDivLoss:
		return l.best(t)
	case Summed:
		return t.best(l.Of)
	case MeanByWeight:
		return t.best(l.Of)
	case Broadcast: // a constant is compared with every target, once or n times
		return t.best(l.Of)
	default:
		return 0, fmt.Errorf("the best constant for the loss %s %w", l, ErrUnknownConstant)
	}
}

// table holds labels by column: one for each output, all rows of it.
type table struct {
	columns []column
	last    int // size of the last axis but the rows, 1 if there is none
	first   int // size of the axis behind the rows, 1 if there is none
}

// column is the labels of one output.
type column struct {
	y       []float64
	weights []float64 // of the rows, Σ = 1; nil: all alike
}

func newTable(labels []float32, shape []int) (*table, error) {
	size, first, last := 1, 1, 1
	for i, d := range shape {
		size *= d
		if i > 0 {
			last = d
		}
		if i == 1 {
			first = d
		}
	}
	if len(shape) == 0 || size <= 0 || size != len(labels) {
		return nil, fmt.Errorf("%d labels for shape %v: need at least one row, and as many values as the shape says", len(labels), shape)
	}
	t := &table{columns: make([]column, size/shape[0]), last: last, first: first}
	for i, y := range labels {
		if x := float64(y); math.IsNaN(x) || math.IsInf(x, 0) {
			return nil, fmt.Errorf("label %g in row %d: no loss is finite there", y, i/len(t.columns)+1)
		}
		j := i % len(t.columns)
		t.columns[j].y = append(t.columns[j].y, float64(y))
	}
	return t, nil
}

// weigh gives the rows weights; share is their mean.
func (t *table) weigh(weights []float32) (share float64, err error) {
	if weights == nil {
		return 1, nil
	}
	rows := len(t.columns[0].y)
	if len(weights) != rows {
		return 0, fmt.Errorf("%d weights for %d rows", len(weights), rows)
	}
	total := 0.0
	for row, w := range weights {
		if !(w >= 0) || math.IsInf(float64(w), 0) {
			return 0, fmt.Errorf("weight %g in row %d: must be finite and not negative", w, row+1)
		}
		total += float64(w)
	}
	if total == 0 {
		return 0, nil
	}
	shares := make([]float64, rows)
	for row, w := range weights {
		shares[row] = float64(w) / total
	}
	for j := range t.columns {
		t.columns[j].weights = shares
	}
	return total / float64(rows), nil
}

// mean averages what best says of each column.
func (t *table) mean(best func(c column) (float64, error)) (float64, error) {
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

// average is the weighted mean of f over a column.
func average(c column, f func(float64) float64) float64 {
	sum := 0.0
	for i, v := range c.y {
		if c.weights != nil {
			sum += c.weights[i] * f(v)
		} else {
			sum += f(v)
		}
	}
	if c.weights != nil {
		return sum
	}
	return sum / float64(len(c.y))
}

func identity(x float64) float64 { return x }

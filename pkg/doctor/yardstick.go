package doctor

import (
	"errors"
	"fmt"
	"math"

	"github.com/gomlx/compute"
	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"

	"example.com/unstuck/pkg/dataset"
	"example.com/unstuck/pkg/loss"
	"example.com/unstuck/pkg/training"
)

// yardstick holds what a loss is measured against on some rows.
type yardstick struct {
	constant float64 // loss of the best constant prediction for these rows
	floor    float64 // loss of the labels themselves as the prediction, 0 for most losses
	nothing  bool    // a constant is as good as perfect, and its loss is taken for 0
}

// newYardstick measures labels with the weights of their rows, nil for 1 each, which losses have too. It fails where the loss
// isn't meant for them.
func newYardstick(l loss.Loss, y dataset.Array, weights []float32) (yardstick, error) {
	constant, err := loss.BestConstant(l, y.Values, y.Shape, weights)
	if errors.Is(err, loss.ErrUnknownConstant) {
		if batches, ok := l.(ofBatches); ok {
			constant, err = bestByDescent(batches, y)
		} else {
			constant, err = bestConstant(l, y, weights)
		}
	}
	if err != nil {
		return yardstick{}, err
	}
	s := yardstick{constant: constant, floor: floorOf(l, y, weights)}
	if leavesNothing(l, y, weights, s) {
		s = yardstick{nothing: true}
	}
	return s, nil
}

// yardstickOf measures the labels of a training's rows, the weighted sum over its outputs.
func yardstickOf(c training.Training, rows dataset.Data, masks []dataset.Array) (sum yardstick, err error) {
	c.Data = rows
	for _, o := range c.Outputs() {
		steps, size := countingOf(masks, o.At, 0, rows.Rows()), stepsOf(masks, o.At, 0, rows.Rows())
		one, err := newYardstick(o.Loss, steps.of(o.Targets, size), steps.weights(rows.SampleWeight, size))
		if err != nil {
			return yardstick{}, err
		}
		sum.constant += o.Factor * one.constant
		sum.floor += o.Factor * one.floor
	}
	return sum, nil
}

// floorOf is what is left when the labels themselves are predicted: the entropy of labels that are
// probabilities, 0 for others.
func floorOf(l loss.Loss, y dataset.Array, weights []float32) float64 {
	var sum float64
	weight := func(i int) float64 {
		if weights == nil {
			return 1
		}
		return float64(weights[i/y.RowSize()])
	}
	switch l := l.(type) {
	case loss.BinaryCrossentropy:
		if l.Weights != nil || l.PosWeights != nil {
			return 0 // of labels that are 0 or 1, as those that are weighed usually are
		}
		for i, v := range y.Values {
			p := float64(v)
			if p > 0 && p < 1 {
				sum -= weight(i) * (p*math.Log(p) + (1-p)*math.Log(1-p))
			}
		}
		return sum / float64(len(y.Values))
	case loss.CategoricalCrossentropy:
		if l.ClassWeights != nil {
			return 0
		}
		for i, v := range y.Values {
			if p := float64(v); p > 0 && p < 1 {
				sum -= weight(i) * p * math.Log(p)
			}
		}
		return sum / float64(len(y.Values)/y.Shape[len(y.Shape)-1])
	case loss.Poisson:
		for i, v := range y.Values {
			if p := float64(v); p > 0 {
				sum += weight(i) * (p - p*math.Log(p))
			}
		}
		return sum / float64(len(y.Values))
	}
	if f, ok := l.(interface{ Floor(label float64) float64 }); ok {
		for i, v := range y.Values {
			sum += weight(i) * f.Floor(float64(v))
		}
		return sum / float64(len(y.Values))
	}
	return 0
}

// explained is 1 − loss/constant, for constants below zero (constant − loss)/|constant|.
func (s yardstick) explained(loss float64) float64 {
	if math.IsInf(loss, 0) {
		return math.NaN()
	}
	if s.constant == 0 {
		// All labels are alike: a constant is perfect already.
		if loss <= 1e-9 {
			return 1
		}
		return -loss
	}
	return (s.constant - loss) / math.Abs(s.constant)
}

// progress is explained as a share of what can be.
func (s yardstick) progress(loss float64) float64 {
	if reach := s.constant - s.floor; reach > 0 && s.floor > 0 {
		if math.IsInf(loss, 0) {
			return math.NaN()
		}
		return (s.constant - loss) / reach
	}
	return s.explained(loss)
}

// meanLoss is the mean of the loss over rows, weighted where the data are.
func meanLoss(l loss.Loss, y, predictions dataset.Array, weights []float32) (mean float64, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("the loss %s on predictions of shape %v and labels of shape %v: %v", l, predictions.Shape, y.Shape, p)
		}
	}()
	rows, err := lossRows(pureGo(), l, y, predictions)
	if err != nil {
		return 0, err
	}
	return weightedMean(rows, weights), nil
}

// weightedMean is the sum of the rows' losses times their weights, nil for 1 each, over the number of rows.
func weightedMean(rows, weights []float32) float64 {
	sum := 0.0
	for i, v := range rows {
		if weights != nil {
			sum += float64(v) * float64(weights[i])
		} else {
			sum += float64(v)
		}
	}
	return sum / float64(len(rows))
}

func lossRows(b compute.Backend, l loss.Loss, y, predictions dataset.Array) ([]float32, error) {
	if pairs, is := l.(loss.Broadcast); is {
		return broadcastRows(b, pairs, y, predictions)
	}
	return rowsOfLoss(b, l, y, predictions)
}

func rowsOfLoss(b compute.Backend, l loss.Loss, y, predictions dataset.Array) ([]float32, error) {
	exec, err := graph.NewExec(b, func(y, p *graph.Node) *graph.Node { return l.PerRow(y, p) })
	if err != nil {
		return nil, err
	}
	defer exec.Finalize()
	return callLoss(exec, y, predictions)
}

func callLoss(exec *graph.Exec, y, predictions dataset.Array) ([]float32, error) {
	out, err := exec.Call(y.Tensor(), predictions.Tensor())
	if err != nil {
		return nil, err
	}
	var rows []float32
	err = tensors.ConstFlatData(out[0], func(flat []float32) { rows = append(rows, flat...) })
	return rows, err
}

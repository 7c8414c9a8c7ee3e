package loss

import (
	"fmt"
	"math"

	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/gomlx/core/graph"

	"example.com/unstuck/internal/codec"
)

// MeanIoU is [IoU] of all classes.
type MeanIoU struct {
	NumClasses       int   `keras:"num_classes,required,positional,from=1"`
	IgnoreClass      []int `keras:"ignore_class,alone"` // see IoU
	DenseLabels      bool  `keras:"sparse_y_true,not"`  // see IoU
	DensePredictions bool  `keras:"sparse_y_pred,not"`  // see IoU
}

// OneHotIoU is [IoU] of labels that are scores, such as one-hot ones, and of predictions that are.
type OneHotIoU struct {
	NumClasses        int   `keras:"num_classes,required,positional,from=1"`
	TargetClassIDs    []int `keras:"target_class_ids,required,positional"`
	IgnoreClass       []int `keras:"ignore_class,alone"` // see IoU
	SparsePredictions bool  `keras:"sparse_y_pred"`      // predictions are class numbers; false: scores
}

// OneHotMeanIoU is [OneHotIoU] of all classes.
type OneHotMeanIoU struct {
	NumClasses        int   `keras:"num_classes,required,positional,from=1"`
	IgnoreClass       []int `keras:"ignore_class,alone"` // see IoU
	SparsePredictions bool  `keras:"sparse_y_pred"`      // predictions are class numbers; false: scores
}

// BinaryIoU is [IoU] of two classes, predictions from a threshold on being class 1.
type BinaryIoU struct {
	TargetClassIDs []int   `keras:"target_class_ids"`      // 0 and 1; nil: both
	Threshold      float64 `keras:"threshold,default=0.5"` // 0: 0.5; for a threshold of 0 give the smallest positive number
}

var (
	_ = metrics.Add(MeanIoU{}, codec.Only("axis", -1))
	_ = metrics.Add(OneHotIoU{}, codec.Only("axis", -1))
	_ = metrics.Add(OneHotMeanIoU{}, codec.Only("axis", -1))
	_ = metrics.Add(BinaryIoU{})
)

// firstClasses are the numbers of n classes.
func firstClasses(n int) []int {
	all := make([]int, max(0, n))
	for i := range all {
		all[i] = i
	}
	return all
}

func (m MeanIoU) iou() IoU {
	return IoU{m.NumClasses, firstClasses(m.NumClasses), m.IgnoreClass, m.DenseLabels, m.DensePredictions}
}

func (m OneHotIoU) iou() IoU {
	return IoU{m.NumClasses, m.TargetClassIDs, m.IgnoreClass, true, !m.SparsePredictions}
}

func (m OneHotMeanIoU) iou() IoU {
	return IoU{m.NumClasses, firstClasses(m.NumClasses), m.IgnoreClass, true, !m.SparsePredictions}
}

func (m BinaryIoU) iou() IoU {
	if m.TargetClassIDs == nil {
		return IoU{NumClasses: 2, TargetClassIDs: []int{0, 1}}
	}
	return IoU{NumClasses: 2, TargetClassIDs: m.TargetClassIDs}
}

// Sums implements [Accumulator].
func (m BinaryIoU) Sums(b Batch) *graph.Node {
	threshold := m.Threshold
	if threshold == 0 {
		threshold = 0.5
	}
	labels, predictions := alike(b.Labels, b.Predictions), b.Predictions
	above := graph.GreaterOrEqual(predictions, graph.Scalar(predictions.Graph(), predictions.DType(), threshold))
	flat := func(x *graph.Node) *graph.Node {
		return graph.Reshape(graph.ConvertDType(x, dtypes.Int32), x.Shape().Dim(0), -1)
	}
	return m.iou().sums(b, flat(labels), flat(above))
}

// Validate refuses classes other than 0 and 1, and a threshold that isn't finite.
func (m BinaryIoU) Validate() error {
	if math.IsNaN(m.Threshold) || math.IsInf(m.Threshold, 0) {
		return fmt.Errorf("BinaryIoU.Threshold is %g, must be finite", m.Threshold)
	}
	return m.iou().Validate()
}

// Sums implements [Accumulator].
func (m MeanIoU) Sums(b Batch) *graph.Node { return m.iou().Sums(b) }

// Validate refuses what [IoU] refuses.
func (m MeanIoU) Validate() error { return m.iou().Validate() }

// Values implements [Accumulator].
func (m MeanIoU) Values(sums []float64) []float64 { return m.iou().Values(sums) }

// String is "mean_io_u", as Keras names it.
func (MeanIoU) String() string { return "mean_io_u" }

// HigherIsBetter is true.
func (MeanIoU) HigherIsBetter() bool { return true }

// Sums implements [Accumulator].
func (m OneHotIoU) Sums(b Batch) *graph.Node { return m.iou().Sums(b) }

// Validate refuses what [IoU] refuses.
func (m OneHotIoU) Validate() error { return m.iou().Validate() }

// Values implements [Accumulator].
func (m OneHotIoU) Values(sums []float64) []float64 { return m.iou().Values(sums) }

// String is "one_hot_io_u", as Keras names it.
func (OneHotIoU) String() string { return "one_hot_io_u" }

// HigherIsBetter is true.
func (OneHotIoU) HigherIsBetter() bool { return true }

// Sums implements [Accumulator].
func (m OneHotMeanIoU) Sums(b Batch) *graph.Node { return m.iou().Sums(b) }

// Validate refuses what [IoU] refuses.
func (m OneHotMeanIoU) Validate() error { return m.iou().Validate() }

// Values implements [Accumulator].
func (m OneHotMeanIoU) Values(sums []float64) []float64 { return m.iou().Values(sums) }

// String is "one_hot_mean_io_u", as Keras names it.
func (OneHotMeanIoU) String() string { return "one_hot_mean_io_u" }

// HigherIsBetter is true.
func (OneHotMeanIoU) HigherIsBetter() bool { return true }

// Values implements [Accumulator].
func (m BinaryIoU) Values(sums []float64) []float64 { return m.iou().Values(sums) }

// String is "binary_io_u", as Keras names it.
func (BinaryIoU) String() string { return "binary_io_u" }

// HigherIsBetter is true.
func (BinaryIoU) HigherIsBetter() bool { return true }

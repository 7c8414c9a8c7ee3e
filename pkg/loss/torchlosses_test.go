package loss

import (
	"math"
	"testing"

	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"github.com/stretchr/testify/require"

	"example.com/unstuck/pkg/dataset"
)

// The best constant is the lowest loss that gradient descent on a constant finds, whatever the loss counts.
func TestBestConstantOfLossesThatCount(t *testing.T) {
	classes := dataset.Array{Shape: []int{8}, Values: []float32{0, 1, 2, 2, 2, 1, -100, 0}}
	three := dataset.Array{Shape: []int{8}, Values: []float32{0, 1, 2, 2, 2, 1, 0, 0}}
	shares := dataset.Array{Shape: []int{4, 3}, Values: []float32{0.2, 0.3, 0.5, 1, 0, 0, 0.1, 0.1, 0.8, 0.3, 0.3, 0.4}}
	bits := dataset.Array{Shape: []int{4, 2}, Values: []float32{0, 1, 1, 1, 0, 0, 0, 1}}
	counts := dataset.Array{Shape: []int{4, 2}, Values: []float32{0, 3, 2, 1, 5, 0, 1, 1}}
	signs := dataset.Array{Shape: []int{4, 2}, Values: []float32{-1, 1, 1, 1, -1, 1, -1, 1}}
	pixels := dataset.Array{Shape: []int{4, 2}, Values: []float32{0, 1, 2, 1, 0, 0, 2, 1}}
	pictures := dataset.Array{Shape: []int{2, 3, 2}, Values: []float32{0.2, 0.3, 0.5, 0.6, 0.3, 0.1, 1, 0, 0, 0.5, 0, 0.5}}
	sets := dataset.Array{Shape: []int{4, 3}, Values: []float32{0, 2, -1, 1, -1, 0, -1, -1, -1, 2, -1, -1}}
	weights := []float64{0.5, 2, 1}
	for _, c := range []struct {
		loss  Loss
		y     dataset.Array
		row   []int // the shape of a prediction
		share bool  // predictions are put through a log-softmax
	}{
		{SparseCategoricalCrossentropy{FromLogits: true, ClassWeights: weights}, three, []int{3}, false},
		{SparseCategoricalCrossentropy{FromLogits: true, Ignore: []int{-100}}, classes, []int{3}, false},
		{SparseCategoricalCrossentropy{FromLogits: true, Ignore: []int{-100}, LabelSmoothing: 0.2, ClassWeights: weights}, classes, []int{3}, false},
		{SparseCategoricalCrossentropy{FromLogits: true, LabelSmoothing: 0.2}, three, []int{3}, false},
		{SparseCategoricalCrossentropy{FromLogits: true, ClassesFirst: true, ClassWeights: weights}, pixels, []int{3, 2}, false},
		{SparseCategoricalCrossentropy{LogProbabilities: true, ClassWeights: weights}, three, []int{3}, true},
		{CategoricalCrossentropy{FromLogits: true, ClassWeights: weights, LabelSmoothing: 0.1}, shares, []int{3}, false},
		{CategoricalCrossentropy{FromLogits: true, ClassesFirst: true, ClassWeights: weights}, pictures, []int{3, 2}, false},
		{BinaryCrossentropy{FromLogits: true, PosWeights: []float64{3, 0.5}, Weights: []float64{2, 1}}, bits, []int{2}, false},
		{Huber{Delta: 0.5, Unit: true}, counts, []int{2}, false},
		{MAE{ZeroAtZero: true}, bits, []int{2}, false},
		{KLDivLoss{BatchMean: true}, shares, []int{3}, true},
		{KLDivLoss{}, shares, []int{3}, true},
		{PoissonNLLLoss{Full: true}, counts, []int{2}, false},
		{SoftMarginLoss{}, signs, []int{2}, false},
		{MultiMarginLoss{Margin: 1}, three, []int{3}, false},
		{MultiMarginLoss{Margin: 0.5, Squared: true, ClassWeights: weights}, three, []int{3}, false},
		{MultiLabelMarginLoss{}, sets, []int{3}, false},
		{Summed{Of: MSE{}, AsTorch: true}, counts, []int{2}, false},
	} {
		t.Run(GoCode(c.loss), func(t *testing.T) {
			best, err := BestConstant(c.loss, c.y.Values, c.y.Shape, nil)
			require.NoError(t, err)
			require.InDelta(t, descended(t, c.loss, c.y, c.row, c.share), best, 2e-4)
		})
	}
}

// descended is the loss where descent on one constant row ends.
func descended(t *testing.T, l Loss, y dataset.Array, row []int, share bool) float64 {
	exec, err := graph.NewExec(goBackend(t), func(labels, row *graph.Node) (value, gradient *graph.Node) {
		predictions := row
		if share {
			predictions = graph.LogSoftmax(row, -1)
		}
		dims := append([]int{labels.Shape().Dim(0)}, row.Shape().Dimensions...)
		predictions = graph.BroadcastToDims(graph.InsertAxes(predictions, 0), dims...)
		value = graph.ReduceAllMean(Rows(l, labels, predictions, nil))
		return value, graph.Gradient(value, row)[0]
	})
	require.NoError(t, err)
	defer exec.Finalize()
	n := 1
	for _, d := range row {
		n *= d
	}
	at, value := make([]float32, n), math.Inf(1)
	moved, size := make([]float32, n), make([]float32, n)
	for range 200 { // resilient: longer steps as long as the slope keeps its sign, shorter ones behind a change
		out, err := exec.Call(y.Tensor(), dataset.Array{Shape: row, Values: at}.Tensor())
		require.NoError(t, err)
		value = min(value, float64(out[0].Value().(float32)))
		for i, slope := range tensors.MustCopyFlatData[float32](out[1]) {
			switch {
			case size[i] == 0:
				size[i] = 0.1
			case slope*moved[i] < 0:
				size[i] *= 1.2
			default:
				size[i] *= 0.5
			}
			moved[i] = 0
			if slope > 0 {
				moved[i] = -size[i]
			} else if slope < 0 {
				moved[i] = size[i]
			}
			at[i] += moved[i]
		}
	}
	return value
}

// A logarithm of −∞ for a class that isn't the label's changes nothing: PyTorch looks at the label's alone.
func TestLogarithmsOfImpossibleClasses(t *testing.T) {
	none := float32(math.Inf(-1))
	labels := dataset.Array{Shape: []int{2}, Values: []float32{0, 2}}
	predictions := dataset.Array{Shape: []int{2, 3}, Values: []float32{-0.5, none, -1, none, -2, -0.25}}
	for _, l := range []SparseCategoricalCrossentropy{{LogProbabilities: true}, {LogProbabilities: true, ClassWeights: []float64{1, 2, 1}}} {
		rows, gradient := evaluate(t, goBackend(t), l, labels.Tensor(), predictions.Tensor())
		require.InDeltaSlice(t, []float32{0.5, 0.25}, rows, 1e-6)
		require.InDeltaSlice(t, []float32{-1, 0, 0, 0, 0, -1}, gradient, 1e-6)
	}
}

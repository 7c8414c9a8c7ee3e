package loss

import (
	"math"
	"testing"

	"github.com/gomlx/compute/gobackend"
	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"github.com/stretchr/testify/require"
)

// The mean over rows of data is the mean over the labels that count, whatever lies in rows that fill the batch up, whether there
// is one label a row or several; where none counts it is 0, or NaN as in PyTorch.
func TestIgnoredLabelsDoNotCount(t *testing.T) {
	l := SparseCategoricalCrossentropy{Ignore: []int{-1}}
	rows := func(labels, predictions, mask *tensors.Tensor) []float32 {
		exec, err := graph.NewExec(gobackend.GetBackend(), func(y, p, m *graph.Node) *graph.Node { return l.PerRowOf(y, p, m) })
		require.NoError(t, err)
		defer exec.Finalize()
		got, err := exec.Call(labels, predictions, mask)
		require.NoError(t, err)
		return tensors.MustCopyFlatData[float32](got[0])
	}
	probabilities := []float32{0.5, 0.25, 0.25, 0.1, 0.8, 0.1, 0.3, 0.3, 0.4, 0.2, 0.2, 0.6}
	mask := tensors.FromFlatDataAndDimensions([]float32{1, 1, 1, 0}, 4)
	mean := func(values []float32) float64 { return float64(values[0]+values[1]+values[2]) / 3 }

	p := tensors.FromFlatDataAndDimensions(probabilities, 4, 3)
	y := rows(tensors.FromFlatDataAndDimensions([]float32{0, -1, 2, 1}, 4), p, mask)
	require.InDelta(t, -(math.Log(0.5)+math.Log(0.4))/2, mean(y), 1e-6)
	y = rows(tensors.FromFlatDataAndDimensions([]float32{0, -1, 2, 1}, 4, 1), p, mask)
	require.InDelta(t, -(math.Log(0.5)+math.Log(0.4))/2, mean(y), 1e-6)
	y = rows(tensors.FromFlatDataAndDimensions([]float32{-1, -1, -1, 1}, 4), p, mask)
	require.Zero(t, mean(y))
	l.NaNOfNone = true
	y = rows(tensors.FromFlatDataAndDimensions([]float32{-1, -1, -1, 1}, 4), p, mask)
	require.True(t, math.IsNaN(mean(y)))

	mask = tensors.FromFlatDataAndDimensions([]float32{1, 0}, 2)
	y = rows(tensors.FromFlatDataAndDimensions([]float32{1, -1, 7, 7}, 2, 2), tensors.FromFlatDataAndDimensions(probabilities, 2, 2, 3), mask)
	require.InDelta(t, -math.Log(0.25), y[0], 1e-6, "of two labels one counts")

	code, err := KerasCode(SparseCategoricalCrossentropy{FromLogits: true, Ignore: []int{0}})
	require.NoError(t, err)
	require.Equal(t, "keras.losses.SparseCategoricalCrossentropy(from_logits=True, ignore_class=0)", code)
}

// The best constant is what training would find: the loss of the labels' frequencies, in each place of a row, over the labels
// that count. What a row counts multiplies its loss and doesn't divide, as in fit.
func TestBestConstantOfIgnoredLabels(t *testing.T) {
	l := SparseCategoricalCrossentropy{Ignore: []int{-1}}
	best, err := BestConstant(l, []float32{0, 1, -1, 1, -1, 0}, []int{3, 2}, nil)
	require.NoError(t, err)
	require.InDelta(t, -(math.Log(1.0/3)+2*math.Log(2.0/3))/4, best, 1e-6)

	best, err = BestConstant(l, []float32{0, 1, -1, 1}, []int{4}, []float32{1, 2, 5, 4})
	require.NoError(t, err)
	require.InDelta(t, -(math.Log(1.0/7)+6*math.Log(6.0/7))/3, best, 1e-6)
}

package loss

import (
	"go/parser"
	"math"
	"testing"

	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"github.com/stretchr/testify/require"
)

func TestByName(t *testing.T) {
	for name, want := range map[string]Loss{
		"mse": MSE{}, "mean_absolute_error": MAE{}, "Huber": Huber{}, "log_cosh": LogCosh{}, "poisson": Poisson{},
		"binary_crossentropy":             BinaryCrossentropy{},
		"CategoricalCrossentropy":         CategoricalCrossentropy{},
		"sparse_categorical_crossentropy": SparseCategoricalCrossentropy{},
	} {
		l, err := ByName(name)
		require.NoError(t, err)
		require.Equal(t, want, l)
	}
	for _, c := range losses.Classes() {
		l := c.Zero().(Loss)
		again, err := ByName(l.String())
		require.NoError(t, err, "a loss must be found by the name it prints")
		require.Equal(t, l, again)
	}
	_, err := ByName("mes")
	require.ErrorContains(t, err, `there is no loss "mes"; known are binary_crossentropy, binary_focal_crossentropy, categorical_crossentropy, `)
}

func TestCode(t *testing.T) {
	for _, c := range []struct {
		loss          Loss
		goCode, keras string
	}{
		{MSE{}, "loss.MSE{}", "keras.losses.MeanSquaredError()"},
		{MAE{}, "loss.MAE{}", "keras.losses.MeanAbsoluteError()"},
		{Huber{}, "loss.Huber{}", "keras.losses.Huber()"},
		{Huber{Delta: 2}, "loss.Huber{Delta: 2}", "keras.losses.Huber(delta=2.0)"},
		{Tversky{Alpha: 0.3, Axis: []int{1, 2}}, "loss.Tversky{Alpha: 0.3, Axis: []int{1, 2}}", "keras.losses.Tversky(alpha=0.3, axis=[1, 2])"},
		{Circle{KeepDiagonal: true}, "loss.Circle{KeepDiagonal: true}", "keras.losses.Circle(remove_diagonal=False)"},
		{LogCosh{}, "loss.LogCosh{}", "keras.losses.LogCosh()"},
		{Poisson{}, "loss.Poisson{}", "keras.losses.Poisson()"},
		{BinaryCrossentropy{FromLogits: true, LabelSmoothing: 0.1}, "loss.BinaryCrossentropy{FromLogits: true, LabelSmoothing: 0.1}",
			"keras.losses.BinaryCrossentropy(from_logits=True, label_smoothing=0.1)"},
		{CategoricalCrossentropy{LabelSmoothing: 1e-5}, "loss.CategoricalCrossentropy{LabelSmoothing: 1e-05}",
			"keras.losses.CategoricalCrossentropy(label_smoothing=1e-05)"},
		{SparseCategoricalCrossentropy{FromLogits: true}, "loss.SparseCategoricalCrossentropy{FromLogits: true}",
			"keras.losses.SparseCategoricalCrossentropy(from_logits=True)"},
	} {
		require.Equal(t, c.goCode, GoCode(c.loss))
		_, err := parser.ParseExpr(GoCode(c.loss))
		require.NoError(t, err)
		keras, err := KerasCode(c.loss)
		require.NoError(t, err)
		require.Equal(t, c.keras, keras)
	}
	require.Equal(t, "loss.strange{}", GoCode(strange{}))
	_, err := KerasCode(strange{})
	require.ErrorContains(t, err, "loss.strange: Keras has no such loss")
}

// TestLabelsThatAreNoClass: Keras on JAX would count these rows as a loss of 0.
func TestLabelsThatAreNoClass(t *testing.T) {
	labels := tensors.FromValue([]float32{1, -1, 3, 0.5, float32(math.NaN()), 2})
	p := float32(1) / 3
	predictions := tensors.FromValue([][]float32{{p, p, p}, {p, p, p}, {p, p, p}, {p, p, p}, {p, p, p}, {p, p, p}})
	for _, l := range []Loss{SparseCategoricalCrossentropy{}, SparseCategoricalCrossentropy{FromLogits: true}} {
		rows, gradient := evaluate(t, goBackend(t), l, labels, predictions)
		for i, r := range rows {
			good := i == 0 || i == 5
			require.Equal(t, !good, math.IsNaN(float64(r)), "row %d", i)
			for _, g := range gradient[3*i : 3*i+3] {
				require.Equal(t, !good, math.IsNaN(float64(g)), "gradient of row %d", i)
			}
		}
	}
}

func TestIntegerLabels(t *testing.T) {
	exec, err := graph.NewExec(goBackend(t), SparseCategoricalCrossentropy{}.PerRow)
	require.NoError(t, err)
	defer exec.Finalize()
	out, err := exec.Call([]int32{1, 0}, [][]float32{{0.5, 0.5}, {0.25, 0.75}})
	require.NoError(t, err)
	got := out[0].Value().([]float32)
	require.InDelta(t, math.Ln2, got[0], 1e-6)
	require.InDelta(t, 2*math.Ln2, got[1], 1e-6)
}

func TestShapesThatDontBelongTogether(t *testing.T) {
	for _, c := range []struct {
		loss                Loss
		labels, predictions []int
		want                string
	}{
		{MSE{}, []int{4}, []int{4, 2}, "labels have shape [4], predictions [4 2]"},
		{MAE{}, []int{4, 2}, []int{4, 1}, "labels have shape [4 2], predictions [4 1]"},
		{CategoricalCrossentropy{}, []int{4, 1}, []int{4, 1}, "with a single output use BinaryCrossentropy"},
		{SparseCategoricalCrossentropy{}, []int{4, 1}, []int{4, 1}, "with a single output use BinaryCrossentropy"},
		{CategoricalGeneralizedCrossEntropy{}, []int{4, 1}, []int{4, 3}, "class numbers have the shape of the predictions without their last axis"},
		{CategoricalFocalCrossentropy{}, []int{4, 1}, []int{4, 1}, "with a single output use BinaryCrossentropy"},
		{Dice{Axis: []int{1, 2}}, []int{4, 3}, []int{4, 3}, "sums over the axes [1 2], but predictions have shape [4 3]"},
		{Circle{}, []int{4, 3}, []int{4, 3}, "needs one class number for each row"},
		{CTC{}, []int{4}, []int{4, 3}, "CTC needs class numbers [batch, letters]"},
		{SparseCategoricalCrossentropy{}, []int{4, 3}, []int{4, 3}, "for one-hot labels use CategoricalCrossentropy"},
	} {
		exec, err := graph.NewExec(goBackend(t), c.loss.PerRow)
		require.NoError(t, err)
		zeros := func(shape []int) *tensors.Tensor {
			size := 1
			for _, d := range shape {
				size *= d
			}
			return tensors.FromFlatDataAndDimensions(make([]float32, size), shape...)
		}
		_, err = exec.Call(zeros(c.labels), zeros(c.predictions))
		require.ErrorContains(t, err, c.want)
		exec.Finalize()
	}
}

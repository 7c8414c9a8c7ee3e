package loss_test

import (
	"context"
	"math"
	"testing"

	"github.com/gomlx/compute"
	"github.com/gomlx/compute/gobackend"
	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/ml/model"
	"github.com/stretchr/testify/require"

	"example.com/unstuck/pkg/backend/backendtest"
	"example.com/unstuck/pkg/dataset"
	"example.com/unstuck/pkg/fit"
	"example.com/unstuck/pkg/loss"
	"example.com/unstuck/pkg/nn"
	"example.com/unstuck/pkg/optim"
)

// identity predicts its input; a variable of no effect gives the optimizer something to train.
var identity = nn.Func(func(scope *model.Scope, x *graph.Node) *graph.Node {
	return graph.Add(x, graph.MulScalar(scope.VariableWithValue("idle", float32(0)).NodeValue(x), 0))
})

// array is a value of the given shape.
func array(values []float32, shape ...int) dataset.Array {
	return dataset.Array{Shape: shape, Values: values}
}

var (
	ctx   = context.Background()
	nan32 = float32(math.NaN())
)

// measure returns a metric of predictions against labels.
func measure(t *testing.T, b compute.Backend, metric loss.Metric, labels, predictions dataset.Array) float64 {
	t.Helper()
	var l loss.Loss = loss.MSE{}
	if labels.RowSize() != predictions.RowSize() {
		l = loss.SparseCategoricalCrossentropy{FromLogits: true}
	}
	m, err := fit.Compile(identity, optim.SGD(0.1), l, fit.Options{Backend: b, Metrics: []loss.Metric{metric}})
	require.NoError(t, err)
	h, err := m.Fit(ctx, dataset.Data{X: predictions, Y: labels}, fit.Config{AllowNonFinite: true})
	require.NoError(t, err)
	return h.Epochs[0].Metrics[metric.String()]
}

func TestAccuracy(t *testing.T) {
	inf := float32(math.Inf(1))
	classes := array([]float32{
		0.1, 0.7, 0.2,
		0.5, 0.1, 0.5,
		0.2, 0.3, 0.5,
		nan32, 0.1, 0.9,
	}, 4, 3)
	oneHot := array([]float32{0, 1, 0, 1, 0, 0, 1, 0, 0, 0, 0, 1}, 4, 3)
	for _, c := range []struct {
		name                string
		metric              loss.Metric
		labels, predictions dataset.Array
		want                float64
	}{
		{"binary", loss.BinaryAccuracy{}, array([]float32{1, 0, 1, 0}, 4, 1), array([]float32{0.6, 0.5, 0.4, 0.1}, 4, 1), 0.75},
		{"binary threshold", loss.BinaryAccuracy{Threshold: 0.3}, array([]float32{1, 0, 1, 0}, 4, 1), array([]float32{0.6, 0.5, 0.4, 0.1}, 4, 1), 0.75},
		{"binary two outputs", loss.BinaryAccuracy{}, array([]float32{1, 0, 1, 0}, 2, 2), array([]float32{0.6, 0.5, 0.4, 0.6}, 2, 2), 0.5},
		{"binary NaN", loss.BinaryAccuracy{}, array([]float32{0, nan32, 1}, 3, 1), array([]float32{nan32, 0.1, inf}, 3, 1), 1.0 / 3},
		{"binary vague label", loss.BinaryAccuracy{}, array([]float32{0.5}, 1, 1), array([]float32{0.5}, 1, 1), 0},
		{"categorical", loss.CategoricalAccuracy{}, oneHot, classes, 0.5},
		{"sparse", loss.SparseCategoricalAccuracy{}, array([]float32{1, 0, 1, 2}, 4), classes, 0.5},
		{"sparse column", loss.SparseCategoricalAccuracy{}, array([]float32{1, 2, 2, 0}, 4, 1), classes, 0.5},
		{"sparse no class", loss.SparseCategoricalAccuracy{}, array([]float32{-1, 3, 1.5, nan32}, 4), classes, 0},
		{"picks binary", loss.Accuracy{}, array([]float32{1, 0}, 2), array([]float32{0.6, 0.9}, 2, 1), 0.5},
		{"picks sparse", loss.Accuracy{}, array([]float32{1, 0, 2, 2}, 4, 1), classes, 0.75},
		{"picks categorical", loss.Accuracy{}, oneHot, classes, 0.5},
	} {
		t.Run(c.name, func(t *testing.T) {
			backendtest.Each(t, func(t *testing.T, b compute.Backend) {
				require.InDelta(t, c.want, measure(t, b, c.metric, c.labels, c.predictions), 1e-6)
			})
		})
	}
}

// Keras reports accuracy over rows, not the mean over batches.
func TestAccuracyOfPartialBatch(t *testing.T) {
	backendtest.Each(t, func(t *testing.T, b compute.Backend) {
		m, err := fit.Compile(identity, optim.SGD(0), loss.MSE{}, fit.Options{Backend: b, Metrics: []loss.Metric{loss.Accuracy{}}})
		require.NoError(t, err)
		data := dataset.Data{X: array([]float32{0.9, 0.9, 0.9, 0.9, 0.1}, 5, 1), Y: array([]float32{1, 1, 1, 1, 1}, 5, 1)}
		h, err := m.Fit(ctx, data, fit.Config{BatchSize: 4, NoShuffle: true, Validation: data})
		require.NoError(t, err)
		require.InDelta(t, 0.8, h.Epochs[0].Metrics["accuracy"], 1e-6)
		require.InDelta(t, 0.8, h.Epochs[0].Validation.Metrics["accuracy"], 1e-6)
	})
}

func TestMetricShapesThatDontFit(t *testing.T) {
	data, err := dataset.Random(4, []int{3}, []int{2}, 1)
	require.NoError(t, err)
	for _, metric := range []loss.Metric{loss.CategoricalAccuracy{}, loss.BinaryAccuracy{}, loss.SparseCategoricalAccuracy{}} {
		m, err := fit.Compile(identity, optim.SGD(0.1), sumLoss{}, fit.Options{Backend: gobackend.GetBackend(), Metrics: []loss.Metric{metric}})
		require.NoError(t, err)
		_, err = m.Fit(ctx, data, fit.Config{})
		require.ErrorContains(t, err, "labels have shape [2 2], predictions [2 3]")
	}
}

// sumLoss takes labels of any shape.
type sumLoss struct{}

func (sumLoss) PerRow(_, predictions *graph.Node) *graph.Node {
	return graph.ReduceSum(predictions, -1)
}
func (sumLoss) String() string { return "sum" }

package fit_test

import (
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/unstuck/pkg/backend/backendtest"
	"example.com/unstuck/pkg/dataset"
	"example.com/unstuck/pkg/fit"
	"example.com/unstuck/pkg/loss"
	"example.com/unstuck/pkg/nn"
	"example.com/unstuck/pkg/optim"
)

// twoByTwo takes rows of 3 and of 2 values, and gives a number and a share.
var twoByTwo = nn.Graph{
	Inputs: []nn.Input{{Name: "left"}, {Name: "right"}},
	Nodes: []nn.Node{
		{Name: "a", Layer: nn.Dense{Units: 4, Activation: nn.Tanh{}}, From: []string{"left"}},
		{Name: "b", Layer: nn.Dense{Units: 4, Activation: nn.Tanh{}}, From: []string{"right"}},
		{Name: "sum", Layer: nn.Add{}, From: []string{"a", "b"}},
		{Name: "number", Layer: nn.Dense{Units: 1}, From: []string{"sum"}},
		{Name: "share", Layer: nn.Dense{Units: 1, Activation: nn.Sigmoid{}}, From: []string{"b"}},
	},
	Outputs: []string{"number", "share"},
}

var twoLosses = loss.Outputs{{Loss: loss.MSE{}}, {Loss: loss.BinaryCrossentropy{}, Weight: 0.25}}

// pairs are rows for twoByTwo, with weights.
func pairs(t testing.TB, rows int, seed int64) dataset.Data {
	t.Helper()
	left, err := dataset.Random(rows, []int{3}, []int{1}, seed)
	require.NoError(t, err)
	right, err := dataset.Random(rows, []int{2}, []int{1}, seed+1)
	require.NoError(t, err)
	for i, v := range right.Y.Values {
		right.Y.Values[i] = 0
		if v > 0 {
			right.Y.Values[i] = 1
		}
	}
	d := dataset.Of([]dataset.Array{left.X, right.X}, []dataset.Array{left.Y, right.Y})
	for i := range rows {
		d.SampleWeight = append(d.SampleWeight, float32(i%3))
	}
	return d
}

func compileTwo(t *testing.T, o fit.Options) *fit.Model {
	t.Helper()
	o.Seed = 1
	o.Metrics = []loss.Metric{loss.Reported{Output: "share", Metric: loss.BinaryAccuracy{}}, loss.Reported{Metric: loss.MAE{}}}
	if o.Backend == nil {
		o.Backend = goBackend
	}
	m, err := fit.Compile(twoByTwo, optim.Adam(1e-2), twoLosses, o)
	require.NoError(t, err)
	return m
}

// However the steps are executed, several inputs and outputs give the same numbers.
func TestSeveralInputsAndOutputs(t *testing.T) {
	xla := backendtest.XLA(t)
	var first []float64
	for name, o := range map[string]fit.Options{
		"steps in pure Go": {},
		"fused":            {Backend: xla},
		"chunked":          {Backend: xla, MemoryLimit: 2000},
		"stepwise":         {Backend: xla, Stepwise: true},
	} {
		m := compileTwo(t, o)
		h, err := m.Fit(ctx, pairs(t, 70, 1), fit.Config{Epochs: 4, Validation: pairs(t, 33, 5)})
		require.NoError(t, err, name)
		var all []float64
		for _, e := range h.Epochs {
			for _, metric := range []string{"number_loss", "share_loss", "share_binary_accuracy", "mae"} {
				require.Contains(t, e.Metrics, metric)
				all = append(all, e.Metrics[metric], e.Validation.Metrics[metric])
			}
			all = append(all, e.Loss, e.Validation.Loss)
			require.InDelta(t, e.Metrics["number_loss"]+0.25*e.Metrics["share_loss"], e.Loss, 1e-5)
		}
		predictions, err := m.PredictAll(ctx, pairs(t, 7, 9).Inputs()...)
		require.NoError(t, err)
		require.Len(t, predictions, 2)
		for _, p := range predictions {
			require.Equal(t, []int{7, 1}, p.Shape)
			for _, v := range p.Values {
				all = append(all, float64(v))
			}
		}
		if first == nil {
			first = all
		}
		alike(t, name, first, all, 1e-4, 1e-6)
	}
}

func TestSeveralInputsAndOutputsAreSavedAndGoOn(t *testing.T) {
	data, path := pairs(t, 40, 1), filepath.Join(t.TempDir(), "model")
	whole := compileTwo(t, fit.Options{})
	_, err := whole.Fit(ctx, data, fit.Config{Epochs: 5})
	require.NoError(t, err)

	half := compileTwo(t, fit.Options{})
	_, err = half.Fit(ctx, data, fit.Config{Epochs: 2})
	require.NoError(t, err)
	require.NoError(t, half.Save(path))
	resumed := compileTwo(t, fit.Options{})
	require.NoError(t, resumed.Restore(path))
	_, err = resumed.Fit(ctx, data, fit.Config{Epochs: 3})
	require.NoError(t, err)
	require.Equal(t, weightsOf(t, whole), weightsOf(t, resumed))

	checkpointed := fit.Config{Epochs: 2, Checkpoint: fit.Checkpointing{Path: path + ".training"}}
	_, err = compileTwo(t, fit.Options{}).Fit(ctx, data, checkpointed)
	require.NoError(t, err)
	checkpointed.Epochs = 5
	continued := compileTwo(t, fit.Options{})
	_, err = continued.Fit(ctx, data, checkpointed)
	require.NoError(t, err)
	require.Equal(t, weightsOf(t, whole), weightsOf(t, continued))

	changed := data
	changed.MoreX = []dataset.Array{{Shape: data.MoreX[0].Shape, Values: append([]float32{7}, data.MoreX[0].Values[1:]...)}}
	checkpointed.Epochs = 6
	_, err = compileTwo(t, fit.Options{}).Fit(ctx, changed, checkpointed)
	require.ErrorContains(t, err, "checksum of the data")
}

func TestSeveralInputsAndOutputsRefuse(t *testing.T) {
	data := pairs(t, 10, 1)
	fits := func(d dataset.Data, l loss.Loss, metrics ...loss.Metric) error {
		m, err := fit.Compile(twoByTwo, optim.Adam(1e-2), l, fit.Options{Backend: goBackend, Metrics: metrics})
		if err != nil {
			return err
		}
		_, err = m.Fit(ctx, d, fit.Config{})
		return err
	}
	require.NoError(t, fits(data, loss.MSE{}), "one loss is that of every output")
	require.ErrorContains(t, fits(data, loss.Outputs{{Loss: loss.MSE{}}}), "losses for 1 outputs, the model has 2: number, share")
	require.ErrorContains(t, fits(data, loss.Outputs{{}, {}}), "no output has a loss")
	require.ErrorContains(t, fits(data, twoLosses, loss.Accuracy{}), `the metric accuracy is of which output? Give loss.Reported{Output: "number"`)
	require.ErrorContains(t, fits(data, twoLosses, loss.Reported{Output: "kind", Metric: loss.Accuracy{}}), `a metric is of output "kind"; there are number, share`)
	less := data
	less.MoreX = nil
	require.ErrorContains(t, fits(less, twoLosses), "the model has 2 inputs, left, right, the data 1")
	less = data
	less.MoreY = nil
	require.ErrorContains(t, fits(less, twoLosses), "the model has 2 outputs, number, share, the data targets for 1")
	m := compileTwo(t, fit.Options{})
	_, err := m.Predict(ctx, data.X)
	require.ErrorContains(t, err, "call PredictAll")
	_, err = m.PredictAll(ctx, data.X)
	require.ErrorContains(t, err, "the model has 2 inputs")
	_, err = m.PredictAll(ctx, data.X, data.MoreX[0].Range(0, 3))
	require.ErrorContains(t, err, "input 0 has 10 rows, input 1 has 3")
	require.Error(t, m.Build(3))
	require.NoError(t, m.BuildAll([]int{3}, []int{2}))
}

// An output without a loss is not trained on, and its targets count for nothing.
func TestOutputWithoutALoss(t *testing.T) {
	run := func(share float32) []fit.Weight {
		d := pairs(t, 10, 1)
		for i := range d.MoreY[0].Values {
			d.MoreY[0].Values[i] = share
		}
		m, err := fit.Compile(twoByTwo, optim.Adam(1e-2), loss.Outputs{{Loss: loss.MSE{}}, {}}, fit.Options{Backend: goBackend})
		require.NoError(t, err)
		h, err := m.Fit(ctx, d, fit.Config{Epochs: 2})
		require.NoError(t, err)
		require.NotContains(t, h.Epochs[0].Metrics, "share_loss")
		require.InDelta(t, h.Epochs[0].Loss, h.Epochs[0].Metrics["number_loss"], 1e-6)
		return weightsOf(t, m)
	}
	require.Equal(t, run(0), run(1))
}

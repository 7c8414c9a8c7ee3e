package fit_test

import (
	"context"
	"fmt"
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

// Each mistake is refused with words that say where it is, nothing is lost, and the model trains on after it.
func TestFitRefusesBadData(t *testing.T) {
	values := func(n int) []float32 { return make([]float32, n) }
	with := func(a dataset.Array, index int, v float32) dataset.Array {
		a.Values = append([]float32(nil), a.Values...)
		a.Values[index] = v
		return a
	}
	x, y := array(values(12), 4, 3), array(values(4), 4, 1)
	for _, c := range []struct {
		name   string
		data   dataset.Data
		config fit.Config
		want   string
	}{
		{"rows differ", dataset.Data{X: x, Y: array(values(3), 3, 1)}, fit.Config{}, "x has 4 rows, y has 3"},
		{"no data", dataset.Data{}, fit.Config{}, "no rows"},
		{"zero rows", dataset.Data{X: array(nil, 0, 3), Y: array(nil, 0, 1)}, fit.Config{}, "no rows"},
		{"values don't fill the shape", dataset.Data{X: array(values(11), 4, 3), Y: y}, fit.Config{}, "shape [4 3] needs 12 values, there are 11"},
		{"NaN in x", dataset.Data{X: with(x, 7, nan32), Y: y}, fit.Config{}, "x is NaN at row 3, column 2"},
		{"infinity in y", dataset.Data{X: x, Y: with(y, 3, float32(math.Inf(-1)))}, fit.Config{}, "y is -Inf at row 4, column 1"},
		{"negative weight", dataset.Data{X: x, Y: y, SampleWeight: []float32{1, 1, -1, 1}}, fit.Config{}, "sample weight of row 3 is -1"},
		{"weights missing", dataset.Data{X: x, Y: y, SampleWeight: values(3)}, fit.Config{}, "3 sample weights for 4 rows"},
		{"other features", dataset.Data{X: array(values(8), 4, 2), Y: y}, fit.Config{}, "built for rows of shape [3], these have [2]"},
		{"other targets", dataset.Data{X: x, Y: array(values(8), 4, 2)}, fit.Config{}, "trained on targets of shape [1], these have [2]"},
		{"negative epochs", dataset.Data{X: x, Y: y}, fit.Config{Epochs: -1}, "-1 epochs"},
		{"negative batch", dataset.Data{X: x, Y: y}, fit.Config{BatchSize: -8}, "batch size -8"},
		{"NaN split", dataset.Data{X: x, Y: y}, fit.Config{ValidationSplit: math.NaN()}, "fraction must lie between 0 and 1"},
		{"whole split", dataset.Data{X: x, Y: y}, fit.Config{ValidationSplit: 1}, "fraction must lie between 0 and 1"},
		{"split and data", dataset.Data{X: x, Y: y}, fit.Config{ValidationSplit: 0.5, Validation: dataset.Data{X: x, Y: y}}, "give one of them"},
		{"validation NaN", dataset.Data{X: x, Y: y}, fit.Config{Validation: dataset.Data{X: with(x, 0, nan32), Y: y}}, "validation data"},
		{"validation of other features", dataset.Data{X: x, Y: y}, fit.Config{Validation: dataset.Data{X: array(values(8), 4, 2), Y: y}}, "validation data: the model was built for rows of shape [3], these have [2]"},
		{"validation of other targets", dataset.Data{X: x, Y: y}, fit.Config{Validation: dataset.Data{X: x, Y: array(values(8), 4, 2)}}, "validation data: the model was trained on targets of shape [1], these have [2]"},
		{"validation without targets", dataset.Data{X: x, Y: y}, fit.Config{Validation: dataset.Data{X: x}}, "validation data"},
		{"validation without inputs", dataset.Data{X: x, Y: y}, fit.Config{Validation: dataset.Data{Y: y}}, "validation data"},
		{"callback by value", dataset.Data{X: x, Y: y}, fit.Config{Callbacks: []fit.Callback{struct{}{}}}, "callback 0 (struct {}) has none of the methods"},
		{"callback nil", dataset.Data{X: x, Y: y}, fit.Config{Callbacks: []fit.Callback{nil}}, "callback 0 is nil"},
	} {
		t.Run(c.name, func(t *testing.T) {
			backendtest.Each(t, func(t *testing.T, b compute.Backend) {
				m := compile(t, small(), optim.Adam(1e-2), fit.Options{Seed: 3, Backend: b})
				_, err := m.Fit(ctx, noise(t, 40), fit.Config{})
				require.NoError(t, err)
				before := weightsOf(t, m)

				h, err := m.Fit(ctx, c.data, c.config)
				require.ErrorContains(t, err, c.want)
				require.NotNil(t, h)
				require.NotContains(t, err.Error(), "goroutine")
				require.Equal(t, before, weightsOf(t, m))

				h, err = m.Fit(ctx, noise(t, 40), fit.Config{})
				require.NoError(t, err)
				require.Equal(t, 2, h.Epochs[0].Number)
			})
		})
	}
}

func TestFitNamesWhatDoesNotFit(t *testing.T) {
	images, err := dataset.Random(4, []int{2, 2, 2}, []int{1}, 1)
	require.NoError(t, err)
	for _, c := range []struct {
		name string
		net  nn.Layer
		data dataset.Data
		want []string
	}{
		{"units against targets", nn.Sequential{nn.Dense{Units: 3}}, noise(t, 8), []string{"[2 1]", "[2 3]", "mse"}},
		{"no units", nn.Sequential{nn.Dense{Units: 4}, nn.Dense{Name: "head"}}, noise(t, 8), []string{`layer "head"`, "Dense.Units is 0"}},
		{"nested", nn.Sequential{nn.Sequential{nn.Dense{Units: -2}}}, noise(t, 8), []string{`layer "sequential/dense"`, "(Float32)[2, 3]"}},
		{"images into a regression", small(), images, []string{"mse", "[2 1]", "[2 2 2 1]"}},
		{"nothing to train", nn.Sequential{nn.ReLU{}}, dataset.Data{X: noise(t, 8).Y, Y: noise(t, 8).Y}, []string{"nothing to train"}},
		{"two layers of a name", nn.Sequential{nn.Dense{Name: "a", Units: 1}, nn.Dense{Name: "a", Units: 1}}, noise(t, 8), []string{`"a"`}},
	} {
		t.Run(c.name, func(t *testing.T) {
			m := compile(t, c.net, optim.Adam(1e-2), fit.Options{})
			_, err := m.Fit(ctx, c.data, fit.Config{})
			require.Error(t, err)
			for _, w := range c.want {
				require.ErrorContains(t, err, w)
			}
			require.NotContains(t, err.Error(), ".go:")
		})
	}
}

func TestCompileRefuses(t *testing.T) {
	t.Setenv("GOMLX_BACKEND", "tpu") // for the one case without a backend: backend.Default keeps its error
	b := gobackend.GetBackend()
	for _, c := range []struct {
		net     nn.Layer
		o       fit.Optimizer
		l       loss.Loss
		options fit.Options
		want    string
	}{
		{nil, optim.Adam(1), loss.MSE{}, fit.Options{Backend: b}, "there is no model"},
		{small(), nil, loss.MSE{}, fit.Options{Backend: b}, "there is no optimizer"},
		{small(), optim.Adam(1), nil, fit.Options{Backend: b}, "there is no loss"},
		{small(), optim.Adam(-1e-3), loss.MSE{}, fit.Options{Backend: b}, "learning rate -0.001"},
		{small(), optim.Adam(math.NaN()), loss.MSE{}, fit.Options{Backend: b}, "learning rate NaN"},
		{small(), optim.Adam(math.Inf(1)), loss.MSE{}, fit.Options{Backend: b}, "learning rate +Inf"},
		{small(), optim.Adam(1), loss.MSE{}, fit.Options{}, `unknown backend "tpu"`},
		{small(), optim.Optimizer{}, loss.MSE{}, fit.Options{Backend: b}, "no rule"},
		{small(), optim.Adam(1), loss.BinaryCrossentropy{LabelSmoothing: 2}, fit.Options{Backend: b}, "LabelSmoothing is 2"},
	} {
		_, err := fit.Compile(c.net, c.o, c.l, c.options)
		require.ErrorContains(t, err, c.want)
	}
}

func TestEvaluateAndPredictRefuse(t *testing.T) {
	m := smallModel(t)
	_, err := m.Fit(ctx, noise(t, 40), fit.Config{})
	require.NoError(t, err)

	_, err = m.Predict(ctx, array(make([]float32, 8), 4, 2))
	require.ErrorContains(t, err, "built for rows of shape [3], these have [2]")
	_, err = m.Predict(ctx, dataset.Array{})
	require.ErrorContains(t, err, "no rows")
	_, err = m.Evaluate(ctx, dataset.Data{X: noise(t, 4).X, Y: noise(t, 5).Y})
	require.ErrorContains(t, err, "x has 4 rows, y has 5")
	_, err = m.Evaluate(ctx, dataset.Data{X: noise(t, 4).X, Y: array(make([]float32, 8), 4, 2)})
	require.ErrorContains(t, err, "[4 2]")
	require.NotContains(t, err.Error(), ".go:")

	cancelled, cancel := context.WithCancel(ctx)
	cancel()
	for _, err := range []error{
		third(m.Evaluate(cancelled, noise(t, 4))),
		third(m.Predict(cancelled, noise(t, 4).X)),
		third(m.Fit(cancelled, noise(t, 4), fit.Config{})),
	} {
		require.ErrorIs(t, err, context.Canceled)
	}
	_, err = m.Fit(ctx, noise(t, 40), fit.Config{})
	require.NoError(t, err)
}

func third[T any](_ T, err error) error { return err }

// A model function that panics with whatever comes to its mind does not take the program with it.
func TestForeignPanics(t *testing.T) {
	for _, p := range []any{"a string", fmt.Errorf("an error"), 7} {
		m := compile(t, panicLayer(p), optim.Adam(1), fit.Options{})
		_, err := m.Fit(ctx, noise(t, 4), fit.Config{})
		require.ErrorContains(t, err, fmt.Sprint(p))
	}
}

func panicLayer(p any) nn.Layer {
	return nn.Func(func(*model.Scope, *graph.Node) *graph.Node { panic(p) })
}

// A build that failed leaves nothing behind that a second one would stumble on.
func TestFitAfterFailedBuild(t *testing.T) {
	images, err := dataset.Random(4, []int{2, 2, 2}, []int{1}, 1)
	require.NoError(t, err)
	m := smallModel(t)
	_, err = m.Fit(ctx, dataset.Data{X: images.X, Y: array(make([]float32, 8), 4, 2)}, fit.Config{})
	require.Error(t, err)
	_, err = m.Fit(ctx, noise(t, 40), fit.Config{})
	require.NoError(t, err)

	m = compile(t, nn.Sequential{nn.Dense{Units: 2}, nn.Func(func(_ *model.Scope, x *graph.Node) *graph.Node {
		if x.Rank() > 2 {
			panic("only for vectors")
		}
		return x
	}), nn.Dense{Units: 1}}, optim.Adam(1e-2), fit.Options{})
	_, err = m.Fit(ctx, images, fit.Config{})
	require.ErrorContains(t, err, "only for vectors")
	_, err = m.Fit(ctx, noise(t, 40), fit.Config{})
	require.NoError(t, err)
}

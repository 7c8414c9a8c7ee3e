package torch

import (
	"compress/gzip"
	"encoding/json"
	"io"
	"math"
	"os"
	"slices"
	"sync"
	"testing"

	"github.com/gomlx/compute"
	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"github.com/gomlx/gomlx/ml/model"
	"github.com/gomlx/gomlx/ml/train/optimizer"
	"github.com/stretchr/testify/require"

	"example.com/unstuck/pkg/backend/backendtest"
	"example.com/unstuck/pkg/dataset"
	"example.com/unstuck/pkg/loss"
)

// golden is testdata/training.json.gz, which testdata/make_training.py wrote.
type golden struct {
	Torch      string
	Losses     []lossCase
	Start      map[string]dataset.Array
	Gradients  []map[string][]float32
	Optimizers []optimizerCase
	Schedulers []schedulerCase
}

type lossCase struct {
	Name               string
	Loss               json.RawMessage
	Prediction, Target dataset.Array
	Value              float64
	Gradient           []float64
}

type optimizerCase struct {
	Name      string
	Optimizer json.RawMessage
	Scheduler json.RawMessage
	ClipNorm  json.RawMessage `json:"clip_grad_norm"`
	ClipValue json.RawMessage `json:"clip_grad_value"`
	After     []map[string][]float64
}

type schedulerCase struct {
	Name                 string
	Optimizer, Scheduler json.RawMessage
	Rates                []float64
}

var readGolden = sync.OnceValues(func() (golden, error) {
	var g golden
	f, err := os.Open("testdata/training.json.gz")
	if err != nil {
		return g, err
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		return g, err
	}
	text, err := io.ReadAll(z)
	if err != nil {
		return g, err
	}
	return g, json.Unmarshal(text, &g)
})

func goldenOf(t *testing.T) golden {
	t.Helper()
	g, err := readGolden()
	require.NoError(t, err)
	require.Equal(t, known().Torch, g.Torch)
	return g
}

// described reads a description with these parts, of which nothing is a problem.
func described(t *testing.T, parts map[string]json.RawMessage, of Subject) Description {
	t.Helper()
	parts["format"], parts["framework"] = json.RawMessage("1"), json.RawMessage(`"torch"`)
	if parts["loss"] == nil {
		parts["loss"] = json.RawMessage(`{"class": "MSELoss"}`)
	}
	text, err := json.Marshal(parts)
	require.NoError(t, err)
	d, err := ReadDescription(text, of)
	require.NoError(t, err)
	require.Empty(t, d.Problems)
	return d
}

func near(t *testing.T, want, got, tolerance float64, what string, arguments ...any) {
	t.Helper()
	if math.IsNaN(want) != math.IsNaN(got) || math.Abs(want-got) > tolerance*math.Abs(want)+2e-7 {
		t.Errorf("%s %v: got %g, PyTorch has %g", what, arguments, got, want)
	}
}

// Losses have PyTorch's values and gradients, also where rows behind those of data fill the batch up.
func TestLossesAreAsInPyTorch(t *testing.T) {
	g := goldenOf(t)
	require.NotEmpty(t, g.Losses)
	backendtest.Each(t, func(t *testing.T, b compute.Backend) {
		for i, c := range g.Losses {
			if b.Name() != "go" && i%8 != 0 && os.Getenv("UNSTUCK_XLA") != "all" { // compiling all of them takes a minute
				continue
			}
			t.Run(c.Name, func(t *testing.T) { compareLoss(t, b, c) })
		}
	})
}

func compareLoss(t *testing.T, b compute.Backend, c lossCase) {
	d := described(t, map[string]json.RawMessage{"loss": c.Loss}, Subject{Predictions: [][]int{c.Prediction.Shape}, Targets: []dataset.Array{c.Target}})
	rows := c.Prediction.Rows()
	padded := func(a dataset.Array) *tensors.Tensor {
		shape := slices.Clone(a.Shape)
		shape[0] += 2
		values := slices.Concat(a.Values, a.Row(0), a.Row(rows-1))
		return tensors.FromFlatDataAndDimensions(values, shape...)
	}
	total := func(y, p *graph.Node) (value, mean *graph.Node) {
		mask := graph.Const(p.Graph(), append(slices.Repeat([]float32{1}, rows), 0, 0))
		mean = graph.DivScalar(graph.ReduceAllSum(graph.Mul(loss.Rows(d.Loss, y, p, mask), mask)), float64(rows))
		first := func(x *graph.Node) []*graph.Node { return []*graph.Node{graph.Slice(x, graph.AxisRange(0, rows))} }
		return loss.OfBatch(d.Loss, first(y), first(p)), mean
	}
	exec, err := graph.NewExec(b, func(y, p *graph.Node) (value, gradient *graph.Node) {
		value, mean := total(y, p)
		return value, graph.Gradient(mean, p)[0]
	})
	require.NoError(t, err)
	defer exec.Finalize()
	out, err := exec.Call(padded(c.Target), padded(c.Prediction))
	require.NoError(t, err)
	near(t, c.Value, float64(tensors.ToScalar[float32](out[0])), 1e-6, "value")
	gradient := tensors.MustCopyFlatData[float32](out[1])
	for i, want := range c.Gradient {
		near(t, want, float64(gradient[i]), 2e-6, "gradient", i)
	}
}

// Weights after each step are PyTorch's.
func TestOptimizersAreAsInPyTorch(t *testing.T) {
	g := goldenOf(t)
	require.NotEmpty(t, g.Optimizers)
	backendtest.Each(t, func(t *testing.T, b compute.Backend) {
		for i, c := range g.Optimizers {
			if b.Name() != "go" && i%8 != 0 && os.Getenv("UNSTUCK_XLA") != "all" {
				continue
			}
			t.Run(c.Name, func(t *testing.T) { compareOptimizer(t, b, g, c) })
		}
	})
}

func compareOptimizer(t *testing.T, b compute.Backend, g golden, c optimizerCase) {
	subject := Subject{Weights: map[string][]string{"a": {"/m/a"}, "b": {"/m/b"}}}
	o := described(t, map[string]json.RawMessage{
		"optimizer": c.Optimizer, "scheduler": c.Scheduler, "clip_grad_norm": c.ClipNorm, "clip_grad_value": c.ClipValue,
	}, subject).Optimizer
	store := model.NewStore()
	tensor := func(name string, values []float32) *tensors.Tensor {
		return tensors.FromFlatDataAndDimensions(slices.Clone(values), g.Start[name].Shape...)
	}
	exec, err := model.NewExec(b, store, func(scope *model.Scope, rate, a, bias *graph.Node) *graph.Node {
		gradients := map[string]*graph.Node{"/m/a": a, "/m/b": bias}
		own := scope.In("m")
		for _, name := range []string{"a", "b"} {
			own.VariableWithValue(name, tensor(name, g.Start[name].Values)).NodeValue(a)
		}
		var ordered []*graph.Node
		for v := range scope.IterVariables() {
			ordered = append(ordered, gradients[v.Path()])
		}
		optimizer.LearningRateVar(scope, dtypes.Float32, 0).SetNodeValue(rate)
		o.UpdateGraphWithGradients(scope, ordered, dtypes.Float32)
		return a
	})
	require.NoError(t, err)
	defer exec.Finalize()
	for step, gradient := range g.Gradients {
		_, err := exec.Call(float32(o.Rate(step)), tensor("a", gradient["a"]), tensor("b", gradient["b"]))
		require.NoError(t, err)
		for _, name := range []string{"a", "b"} {
			got := tensors.MustCopyFlatData[float32](store.GetVariable("/m/" + name).MustValue())
			for i, want := range c.After[step][name] {
				near(t, want, float64(got[i]), 1e-6, "weight", step, name, i)
			}
		}
		if t.Failed() {
			return
		}
	}
}

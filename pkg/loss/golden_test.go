package loss

import (
	"encoding/json"
	"math"
	"os"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/gomlx/compute"
	"github.com/gomlx/compute/gobackend"
	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"github.com/stretchr/testify/require"
)

// number reads what JSON can't write ("nan", "inf") as strings.
type number float64

func (n *number) UnmarshalJSON(b []byte) error {
	x, err := strconv.ParseFloat(strings.Trim(string(b), `"`), 64)
	*n = number(x)
	return err
}

type array struct {
	Shape  []int
	Values []number
}

func (a array) tensor() *tensors.Tensor {
	flat := make([]float32, len(a.Values))
	for i, v := range a.Values {
		flat[i] = float32(v)
	}
	return tensors.FromFlatDataAndDimensions(flat, a.Shape...)
}

type goldenCase struct {
	Name, Loss string
	Arguments  struct {
		Delta          float64
		FromLogits     bool    `json:"from_logits"`
		LabelSmoothing float64 `json:"label_smoothing"`
	}
	Labels, Predictions array
	Rows, Gradient      []number
}

func (c goldenCase) loss(t *testing.T) Loss {
	l, err := ByName(c.Loss)
	require.NoError(t, err)
	a := c.Arguments
	switch l.(type) {
	case Huber:
		return Huber{Delta: a.Delta}
	case BinaryCrossentropy:
		return BinaryCrossentropy{FromLogits: a.FromLogits, LabelSmoothing: a.LabelSmoothing}
	case CategoricalCrossentropy:
		return CategoricalCrossentropy{FromLogits: a.FromLogits, LabelSmoothing: a.LabelSmoothing}
	case SparseCategoricalCrossentropy:
		return SparseCategoricalCrossentropy{FromLogits: a.FromLogits}
	}
	return l
}

// pureGo is one backend for all tests: a tensor can't move from one to another.
var pureGo = sync.OnceValues(func() (compute.Backend, error) { return gobackend.New("") })

func goBackend(t *testing.T) compute.Backend {
	t.Helper()
	backend, err := pureGo()
	require.NoError(t, err)
	return backend
}

// evaluate returns the loss of each row and the gradient of their sum.
func evaluate(t *testing.T, backend compute.Backend, l Loss, labels, predictions *tensors.Tensor) (rows, gradient []float32) {
	t.Helper()
	exec, err := graph.NewExec(backend, func(labels, predictions *graph.Node) (rows, gradient *graph.Node) {
		rows = l.PerRow(labels, predictions)
		return rows, graph.Gradient(graph.ReduceAllSum(rows), predictions)[0]
	})
	require.NoError(t, err)
	defer exec.Finalize()
	out, err := exec.Call(labels, predictions)
	require.NoError(t, err)
	return tensors.MustCopyFlatData[float32](out[0]), tensors.MustCopyFlatData[float32](out[1])
}

// TestGolden compares losses and gradients with Keras' on JAX; see testdata/make_golden.py.
func TestGolden(t *testing.T) {
	text, err := os.ReadFile("testdata/golden.json")
	require.NoError(t, err)
	var golden struct{ Cases []goldenCase }
	require.NoError(t, json.Unmarshal(text, &golden))
	require.NotEmpty(t, golden.Cases)
	backend := goBackend(t)
	for _, c := range golden.Cases {
		t.Run(c.Name, func(t *testing.T) {
			rows, gradient := evaluate(t, backend, c.loss(t), c.Labels.tensor(), c.Predictions.tensor())
			requireClose(t, "row", c.Rows, rows)
			if c.Name == "mean_absolute_error nan" {
				return // on which side of 0 a NaN error lies is anybody's choice; the loss shows it
			}
			requireClose(t, "gradient", c.Gradient, gradient)
		})
	}
}

func requireClose(t *testing.T, what string, want []number, got []float32) {
	t.Helper()
	require.Len(t, got, len(want))
	for i, w := range want {
		w, g := float64(w), float64(got[i])
		if math.IsNaN(w) != math.IsNaN(g) || math.Abs(w-g) > 2e-6*math.Abs(w)+1e-7 {
			t.Errorf("%s %d: got %g, Keras has %g", what, i, g, w)
		}
	}
}

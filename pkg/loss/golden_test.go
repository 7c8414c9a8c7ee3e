package loss

import (
	"encoding/json"
	"math"
	"os"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/gomlx/compute"
	"github.com/gomlx/compute/gobackend"
	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"github.com/stretchr/testify/require"

	"example.com/unstuck/internal/codec"
	"example.com/unstuck/pkg/backend/backendtest"
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
	Name, Loss          string
	Arguments           map[string]any
	Labels, Predictions array
	Rows, Gradient      []number
	Mean                *number // of a class on the whole batch; nil: a function, row by row
}

func (c goldenCase) loss(t *testing.T) Loss {
	l, err := ByName(c.Loss)
	require.NoError(t, err)
	class, ok := codec.ClassOf(l)
	require.True(t, ok)
	made := reflect.New(class.Type).Elem()
	for key, argument := range c.Arguments {
		i := slices.IndexFunc(class.Settings, func(s codec.Setting) bool { return s.Key == key })
		require.GreaterOrEqual(t, i, 0, key)
		s := class.Settings[i]
		field := made.FieldByName(s.Field)
		switch v := argument.(type) {
		case bool:
			field.SetBool(v != s.Not)
		case float64:
			if field.SetFloat(v); v == 0 && s.Default != "" {
				field.SetFloat(math.SmallestNonzeroFloat64) // as the reader does
			}
		case []any:
			for _, axis := range v {
				field.Set(reflect.Append(field, reflect.ValueOf(int(axis.(float64)))))
			}
		}
	}
	return made.Interface().(Loss)
}

// gradientDiffers are cases in which the loss is Keras' and the gradient isn't, and why.
var gradientDiffers = map[string]string{
	"mean_absolute_error nan":          onWhichSide,
	"MeanAbsolutePercentageError nan":  onWhichSide,
	"CategoricalHinge nan":             onWhichSide,
	"Hinge nan":                        onWhichSide,
	"binary focal edge {'gamma': 0.0}": "Keras has NaN for the slope of 0 to the power of 0, which is 1 whatever the base",
	"ctc too little time":              "Keras and we round at 1e5, where float32 has steps of 0.008",
}

const onWhichSide = "on which side of 0 a NaN error lies is anybody's choice; the loss shows it"

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
	seen := map[string]bool{}
	var some []goldenCase // of each loss the first, and those at the ends of its range
	for _, c := range golden.Cases {
		if !seen[c.Loss] || strings.Contains(c.Name, "edge") || strings.Contains(c.Name, "nan") {
			some = append(some, c)
		}
		seen[c.Loss] = true
	}
	backendtest.Each(t, func(t *testing.T, b compute.Backend) {
		if t.Name() == "TestGolden/xla" { // which compiles each for a second
			compareGolden(t, b, some)
			return
		}
		compareGolden(t, b, golden.Cases)
	})
}

func compareGolden(t *testing.T, backend compute.Backend, cases []goldenCase) {
	for _, c := range cases {
		t.Run(c.Name, func(t *testing.T) {
			rows, gradient := evaluate(t, backend, c.loss(t), c.Labels.tensor(), c.Predictions.tensor())
			if c.Mean != nil {
				mean := float32(0)
				for i := range rows {
					mean += rows[i] / float32(len(rows))
				}
				for i := range gradient {
					gradient[i] /= float32(len(rows))
				}
				rows, c.Rows = []float32{mean}, []number{*c.Mean}
			}
			requireClose(t, "row", c.Rows, rows)
			if reason := gradientDiffers[c.Name]; reason != "" {
				return
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
		if math.IsNaN(w) != math.IsNaN(g) || math.Abs(w-g) > 2e-6*math.Abs(w)+2.5e-7 {
			t.Errorf("%s %d: got %g, Keras has %g", what, i, g, w)
		}
	}
}

package keras

import (
	"bytes"
	"encoding/json"
	"math"
	"os"
	"regexp"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"example.com/unstuck/pkg/backend"
	"example.com/unstuck/pkg/dataset"
	"example.com/unstuck/pkg/fit"
)

// architecture is a model that Keras' documentation shows, and what its first steps lost: see testdata/make_architectures.py.
type architecture struct {
	Name    string
	Inputs  []architectureArray
	Target  architectureArray
	Weights []struct {
		Shape     []int
		Trainable bool
	}
	Configs map[string]json.RawMessage // by optimizer
	Losses  map[string][]float64       // of the steps
}

type architectureArray struct {
	Shape []int // of a row
	High  int   // whole numbers below it; 0: numbers between -1 and 1
}

const architectureRows = 8

// array is ROWS rows by the formula of the script.
func (a architectureArray) array(number int) dataset.Array {
	shape := append([]int{architectureRows}, a.Shape...)
	if a.High == 0 {
		return dataset.Array{Shape: shape, Values: filled(shape, number, -1, 2)}
	}
	values := make([]float32, sizeOf(shape))
	for i := range values {
		values[i] = float32((613*i + 97*number) % 1009 % a.High)
	}
	return dataset.Array{Shape: shape, Values: values}
}

// drawRates are what draws at random in a config: Keras' numbers are of models that draw nothing.
var drawRates = regexp.MustCompile(`"(rate|dropout|recurrent_dropout)": ?[0-9.]+`)

// TestArchitectures reads each model that Keras' documentation shows and trains it for five steps: the losses are Keras' to 1e-5.
func TestArchitectures(t *testing.T) {
	for _, a := range readArchitectures(t) {
		t.Run(a.Name, func(t *testing.T) {
			for optimizer, config := range a.Configs {
				_, err := ReadConfig(bytes.NewReader(config))
				require.NoError(t, err)
				config = drawRates.ReplaceAll(config, []byte(`"$1": 0.0`))
				a.check(t, backend.Go, optimizer, config)
				// Compiling takes most of the time: the other optimizer's step differs in what is tested elsewhere.
				if available(backend.XLACPU) && (optimizer == "adam" || os.Getenv("UNSTUCK_XLA") == "all") {
					a.check(t, backend.XLACPU, optimizer, config)
				}
			}
		})
	}
}

func (a architecture) check(t *testing.T, name, optimizer string, config []byte) {
	t.Helper()
	d, err := ReadConfig(bytes.NewReader(config))
	require.NoError(t, err)
	m, err := fit.Compile(d.Model, d.Optimizer, d.Loss, fit.Options{Backend: open(t, name)})
	require.NoError(t, err)
	var xs []dataset.Array
	var rows [][]int
	for i, in := range a.Inputs {
		xs = append(xs, in.array(i))
		rows = append(rows, in.Shape)
	}
	y := a.Target.array(50)
	if len(a.Target.Shape) == 0 {
		y.Shape = []int{architectureRows, 1}
	}
	require.NoError(t, m.BuildAll(rows...))
	a.setWeights(t, d, m)
	h, err := m.Fit(t.Context(), dataset.Of(xs, []dataset.Array{y}), fit.Config{Epochs: len(a.Losses[optimizer]), BatchSize: architectureRows, NoShuffle: true})
	require.NoError(t, err)
	for i, want := range a.Losses[optimizer] {
		assert.InDelta(t, want, h.Loss()[i], 1e-5*math.Abs(want), "%s, %s, step %d", name, optimizer, i+1)
	}
}

// setWeights fills the kernels by the formula of the script.
func (a architecture) setWeights(t *testing.T, d *Description, m *fit.Model) {
	t.Helper()
	all, err := m.Weights()
	require.NoError(t, err)
	paths := d.WeightPaths()
	require.Len(t, paths, len(a.Weights), "weights")
	d.Weights = nil
	number := 0
	for i, w := range a.Weights {
		at := slices.IndexFunc(all, func(have fit.Weight) bool { return have.Path == paths[i] })
		require.GreaterOrEqual(t, at, 0, paths[i])
		require.Equal(t, w.Shape, all[at].Shape, paths[i])
		values := all[at].Values
		if w.Trainable {
			if n := len(w.Shape); n > 1 {
				last := w.Shape[n-1]
				limit := math.Sqrt(6 / float64(sizeOf(w.Shape)/last+last))
				values = filled(w.Shape, number, -limit, 2*limit)
			}
			number++
		}
		d.Weights = append(d.Weights, Weight{Path: paths[i], Array: dataset.Array{Shape: w.Shape, Values: values}})
	}
	require.NoError(t, d.SetWeights(m))
}

func readArchitectures(t *testing.T) []architecture {
	t.Helper()
	record := readRecord[struct{ Cases []architecture }](t, "architectures")
	require.NotEmpty(t, record.Cases)
	return record.Cases
}

package keras

import (
	"compress/gzip"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"os"
	"slices"
	"strconv"
	"testing"

	"github.com/gomlx/gomlx/core/tensors"
	"github.com/stretchr/testify/require"
)

// layerRecord is what testdata/make_layers.py writes.
type layerRecord struct {
	Keras string
	Cases []layerCase
}

// layerCase is one call of run_layer_test in Keras' tests.
type layerCase struct {
	Name, Class string
	Test        string // "core.dense_test.DenseTest.test_dense_basics"
	Error       string // why Keras gave no numbers
	Config      string // empty: Keras couldn't write one
	Inputs      []layerInput
	Weights     []layerWeight // in the order of model.weights
	Outputs     []sample      // in inference

	Undifferentiated string  // why there are no gradients
	Training         bool    // the mode of what follows
	Loss             *number // of sum(output·r) and the layer's own losses
}

type layerInput struct {
	Shape    []int
	Dtype    string
	Values   []number // empty: by the formula
	High     int      // of whole numbers by the formula: below it
	Gradient *sample
}

type layerWeight struct {
	Path      string
	Shape     []int
	Trainable bool
	Low       *float64 // nil: not a float, such as the state of a generator
	Gradient  *sample  // of what is trained
	After     *sample  // a training step, for what isn't
}

// sample holds every Step-th value of an array.
type sample struct {
	Shape  []int
	Step   int
	Values []number
}

// number is a JSON number, or a string for what JSON has no number for.
type number float64

func (n *number) UnmarshalJSON(text []byte) error {
	if s, err := strconv.Unquote(string(text)); err == nil {
		text = []byte(s)
	}
	v, err := strconv.ParseFloat(string(text), 64)
	*n = number(v)
	return err
}

func readLayerRecord(t *testing.T) layerRecord {
	t.Helper()
	return readRecord[layerRecord](t, "layers")
}

// readRecord reads what a script in testdata recorded, "layers" of layers.json.gz.
func readRecord[T any](t testing.TB, name string) (record T) {
	t.Helper()
	require.NoError(t, json.Unmarshal(unzippedRecord(t, name), &record))
	return record
}

// unzippedRecord is its text.
func unzippedRecord(t testing.TB, name string) []byte {
	t.Helper()
	f, err := os.Open("testdata/" + name + ".json.gz")
	require.NoError(t, err)
	defer f.Close()
	z, err := gzip.NewReader(f)
	require.NoError(t, err)
	text, err := io.ReadAll(z)
	require.NoError(t, err)
	return text
}

// filled is the formula of make_layers.py for inputs, weights and factors.
func filled(shape []int, number int, low, span float64) []float32 {
	values := make([]float32, sizeOf(shape))
	for i := range values {
		values[i] = float32(low + span*float64((613*i+97*number)%1009)/1009)
	}
	return values
}

func sizeOf(shape []int) int {
	n := 1
	for _, d := range shape {
		n *= d
	}
	return n
}

// tensor is input number i, as float32 like all data of package fit.
func (in layerInput) tensor(i int) *tensors.Tensor {
	values := make([]float32, 0, sizeOf(in.Shape))
	switch {
	case len(in.Values) > 0:
		for _, v := range in.Values {
			values = append(values, float32(v))
		}
	case in.High > 0:
		for k := range sizeOf(in.Shape) {
			values = append(values, float32((613*k+97*i)%1009%in.High))
		}
	default:
		values = filled(in.Shape, i, -1, 3)
	}
	return tensors.FromFlatDataAndDimensions(values, in.Shape...)
}

// differs says how an array isn't what Keras has, empty where it is: within relative of the value, or a tenth of that
// near zero. Sums over many values are as far off as their parts, so the largest value counts a little too.
func (s sample) differs(got *tensors.Tensor, relative float64) string {
	if !slices.Equal(got.Shape().Dimensions, s.Shape) {
		return fmt.Sprintf("has shape %v, Keras' has %v", got.Shape().Dimensions, s.Shape)
	}
	values := tensors.MustCopyFlatData[float32](got)
	for k, want := range s.Values {
		g, w := float64(values[k*s.Step]), float64(want)
		if g == w || math.IsNaN(g) && math.IsNaN(w) {
			continue
		}
		if !(math.Abs(g-w) <= relative*(0.1+math.Abs(w))) {
			return fmt.Sprintf("is %g at %d, Keras has %g", g, k*s.Step, w)
		}
	}
	return ""
}

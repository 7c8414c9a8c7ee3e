package keras

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"example.com/unstuck/pkg/backend"
	"example.com/unstuck/pkg/dataset"
	"example.com/unstuck/pkg/fit"
	"example.com/unstuck/pkg/loss"
)

// A saved model predicts in Go what it predicts in Keras, to 1e-5. testdata/make_models.py saved them.
func TestSavedModelsPredictAlike(t *testing.T) {
	data, err := os.ReadFile("testdata/models/predictions.json")
	require.NoError(t, err)
	var expected map[string]struct {
		Shape  []int
		Values []float64
	}
	require.NoError(t, json.Unmarshal(data, &expected))
	require.NotEmpty(t, expected)
	for name, want := range expected {
		t.Run(name, func(t *testing.T) {
			d, err := ReadModel(filepath.Join("testdata", "models", name+".keras"))
			require.NoError(t, err)
			require.True(t, d.Compiled)
			assert.Equal(t, []loss.Metric{loss.MAE{}}, d.Metrics)
			for _, b := range []string{backend.Go, backend.XLACPU} {
				t.Run(b, func(t *testing.T) {
					m, err := fit.Compile(d.Model, d.Optimizer, d.Loss, fit.Options{Backend: open(t, b)})
					require.NoError(t, err)
					require.NoError(t, m.Build(d.InputShape...))
					require.NoError(t, d.SetWeights(m))
					y, err := m.Predict(context.Background(), modelInput(name, want.Shape[0], d.InputShape))
					require.NoError(t, err)
					require.Equal(t, want.Shape, y.Shape)
					for i, v := range want.Values {
						assert.InDelta(t, v, y.Values[i], 1e-5*max(1, math.Abs(v)), "value %d", i)
					}
				})
			}
		})
	}
}

// modelInput is what make_models.py calls inputs.
func modelInput(name string, rows int, shape []int) dataset.Array {
	x := dataset.Array{Shape: append([]int{rows}, shape...)}
	n := rows
	for _, d := range shape {
		n *= d
	}
	for i := range n {
		v := math.Sin(float64(i))
		if name == "embedding" {
			v = float64(i % 7)
		}
		x.Values = append(x.Values, float32(v))
	}
	return x
}

// archive makes a zip file of parts.
func archive(t testing.TB, parts map[string]string) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for name, content := range parts {
		w, err := z.Create(name)
		require.NoError(t, err)
		_, err = w.Write([]byte(content))
		require.NoError(t, err)
	}
	require.NoError(t, z.Close())
	return b.Bytes()
}

// parts are the files within a .keras file.
func parts(t testing.TB, path string) map[string]string {
	t.Helper()
	z, err := zip.OpenReader(path)
	require.NoError(t, err)
	defer z.Close()
	all := map[string]string{}
	for _, f := range z.File {
		r, err := f.Open()
		require.NoError(t, err)
		var b bytes.Buffer
		_, err = b.ReadFrom(r)
		require.NoError(t, err)
		all[f.Name] = b.String()
	}
	return all
}

func TestArchivesThatAreNotModels(t *testing.T) {
	good := parts(t, "testdata/models/dense.keras")
	other := parts(t, "testdata/models/dropout.keras")
	with := func(name, content string) []byte {
		changed := map[string]string{}
		for k, v := range good {
			changed[k] = v
		}
		if changed[name] = content; content == "" {
			delete(changed, name)
		}
		return archive(t, changed)
	}
	for _, c := range []struct {
		what    string
		data    []byte
		message string
	}{
		{"empty", nil, "a .keras file is a zip file"},
		{"text", []byte("model"), "a .keras file is a zip file"},
		{"no config", with(configName, ""), "there is no config.json"},
		{"no weights", with(weightsName, ""), "there is no model.weights.h5"},
		{"no JSON", with(configName, "{"), "not JSON"},
		{"a list", with(configName, "[]"), "isn't an object"},
		{"two objects", with(configName, "{}{}"), "something follows"},
		{"no model", with(configName, "{}"), "no class_name and config"},
		{"weights that aren't HDF5", with(weightsName, "nothing"), "not a valid HDF5 file"},
		{"cut weights", with(weightsName, good[weightsName][:900]), "not a valid HDF5 file"},
		{"a bomb", with(configName, string(make([]byte, MaxConfig+1))), "more than"},
	} {
		t.Run(c.what, func(t *testing.T) {
			_, err := ReadModelFrom(bytes.NewReader(c.data), int64(len(c.data)))
			require.Error(t, err)
			assert.ErrorContains(t, err, c.message)
		})
	}
	t.Run("weights of another model", func(t *testing.T) {
		data := with(weightsName, other[weightsName])
		d, err := ReadModelFrom(bytes.NewReader(data), int64(len(data)))
		require.NoError(t, err, "the same layers, other sizes: that shows when they are set")
		m, err := fit.Compile(d.Model, d.Optimizer, d.Loss, fit.Options{Backend: open(t, backend.Go)})
		require.NoError(t, err)
		require.NoError(t, m.Build(d.InputShape...))
		assert.ErrorContains(t, d.SetWeights(m), "/dense/kernel")
	})
}

func TestSetWeightsNeedsWeights(t *testing.T) {
	d, err := ReadConfig(bytes.NewReader([]byte(parts(t, "testdata/models/dense.keras")[configName])))
	require.NoError(t, err)
	assert.ErrorContains(t, d.SetWeights(nil), "ReadModel")
}

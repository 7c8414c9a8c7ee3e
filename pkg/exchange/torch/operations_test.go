package torch

import (
	"archive/zip"
	"bytes"
	"compress/gzip"
	"encoding/json"
	"errors"
	"io"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/gomlx/compute"
	"github.com/gomlx/compute/gobackend"
	"github.com/stretchr/testify/require"

	"example.com/unstuck/pkg/backend/backendtest"
	"example.com/unstuck/pkg/dataset"
	"example.com/unstuck/pkg/fit"
	"example.com/unstuck/pkg/loss"
	"example.com/unstuck/pkg/optim"
	"example.com/unstuck/pkg/training"
)

// fewestOperations is how many of the recorded models must be read; the others are refused by name.
const fewestOperations = 71

type operationCase struct {
	Shape, Out    []int
	X, Y, Stepped []float32
}

// Each model gives what PyTorch gives, before and after a step; testdata/make_operations.py wrote them.
func TestOperationsAreAsInPyTorch(t *testing.T) {
	var golden map[string]operationCase
	file, err := os.Open("testdata/operations.json.gz")
	require.NoError(t, err)
	defer file.Close()
	z, err := gzip.NewReader(file)
	require.NoError(t, err)
	require.NoError(t, json.NewDecoder(z).Decode(&golden))
	programs, err := zip.OpenReader("testdata/operations.zip")
	require.NoError(t, err)
	defer programs.Close()
	read := 0
	for _, name := range slices.Sorted(maps.Keys(golden)) {
		t.Run(name, func(t *testing.T) {
			f, err := programs.Open(name + ".pt2")
			require.NoError(t, err)
			content, err := io.ReadAll(f)
			require.NoError(t, err)
			m, err := ReadModelFrom(bytes.NewReader(content), int64(len(content)))
			var partial *training.Partial
			if errors.As(err, &partial) {
				for _, p := range partial.Problems {
					require.NotContains(t, p.Text, "internal")
				}
				t.Logf("refused: %v", partial.Problems)
				return
			}
			require.NoError(t, err)
			read++
			t.Run("go", func(t *testing.T) { golden[name].compare(t, m, gobackend.GetBackend()) })
			if read%8 == 1 || os.Getenv("UNSTUCK_XLA") == "all" { // compiling takes most of the time
				t.Run("xla", func(t *testing.T) { golden[name].compare(t, m, backendtest.XLA(t)) })
			}
		})
	}
	t.Logf("%d of %d read and equal", read, len(golden))
	require.GreaterOrEqual(t, read, fewestOperations)
}

func (c operationCase) compare(t *testing.T, m *Model, b compute.Backend) {
	t.Helper()
	o := optim.SGD(0.1)
	model, err := fit.Compile(m.Layer, o, loss.MSE{}, fit.Options{Backend: b})
	require.NoError(t, err)
	require.NoError(t, model.Build(c.Shape[1:]...))
	for _, w := range m.Weights {
		require.NoError(t, model.SetWeight(w.Path, w.Array), w.Path)
	}
	x := dataset.Array{Shape: c.Shape, Values: c.X}
	y, err := model.Predict(t.Context(), x)
	require.NoError(t, err)
	if !strings.Contains(t.Name(), "Convolution1d") { // which PyTorch ran in training mode
		require.Equal(t, len(c.Y), len(y.Values), "%v, PyTorch %v", y.Shape, c.Out)
		require.InDeltaSlice(t, c.Y, y.Values, 2e-5)
	}
	zeros := dataset.Array{Shape: y.Shape, Values: make([]float32, len(y.Values))}
	_, err = model.Fit(t.Context(), dataset.Data{X: x, Y: zeros}, fit.Config{Epochs: 1, BatchSize: c.Shape[0], NoShuffle: true})
	require.NoError(t, err)
	if y, err = model.Predict(t.Context(), x); !strings.Contains(t.Name(), "Convolution1d") {
		require.NoError(t, err)
		require.InDeltaSlice(t, c.Stepped, y.Values, 1e-4, "after a step")
	}
}

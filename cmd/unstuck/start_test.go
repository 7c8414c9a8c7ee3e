package main

import (
	"encoding/json"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/unstuck/pkg/dataset"
)

// A folder with weights trains on from them with the losses that Keras had there, from an .h5 of Keras 2, and the
// diagnosis says so.
func TestStartsFromTheFile(t *testing.T) {
	legacy := filepath.Join("..", "..", "pkg", "exchange", "keras", "testdata", "legacy")
	content, err := os.ReadFile(filepath.Join(legacy, "keras2_expected.json"))
	require.NoError(t, err)
	var expected map[string]struct{ Losses []float64 }
	require.NoError(t, json.Unmarshal(content, &expected))
	want := expected["keras2_decay"].Losses
	require.Len(t, want, 2)

	dir := t.TempDir()
	model, err := os.ReadFile(filepath.Join(legacy, "keras2_decay.h5"))
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(filepath.Join(dir, "model.h5"), model, 0o644))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "fit.json"), []byte(`{"epochs": 2, "batch_size": 4, "shuffle": false}`), 0o644))
	d := dataset.Data{X: dataset.Array{Shape: []int{8, 4}}, Y: dataset.Array{Shape: []int{8, 1}}} // as make_legacy.py has them
	for i := range 32 {
		d.X.Values = append(d.X.Values, float32(math.Sin(float64(i))))
	}
	for i := range 8 {
		d.Y.Values = append(d.Y.Values, float32(math.Cos(float64(i))))
	}
	require.NoError(t, dataset.WriteNPZ(filepath.Join(dir, "data.npz"), d))

	out, err := execute(t, "fit", "--backend", "go", dir)
	require.NoError(t, err)
	got := regexp.MustCompile(`loss (\S+)`).FindAllStringSubmatch(out, -1)
	require.Len(t, got, 2, out)
	for i, line := range got {
		loss, err := strconv.ParseFloat(line[1], 64)
		require.NoError(t, err)
		require.InEpsilon(t, want[i], loss, 1e-4, fmt.Sprintf("epoch %d", i+1))
	}

	out, err = execute(t, "diagnose", "--json", dir)
	require.NoError(t, err)
	var result struct{ Start string }
	require.NoError(t, json.Unmarshal([]byte(out), &result))
	require.Equal(t, "the weights in model.h5", result.Start)
}

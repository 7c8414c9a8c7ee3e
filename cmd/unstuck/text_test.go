package main

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/unstuck/pkg/backend"
	"example.com/unstuck/pkg/backend/backendtest"
	"example.com/unstuck/pkg/dataset"
)

var textModels = filepath.Join("..", "..", "pkg", "exchange", "keras", "testdata", "text")

// Models that begin with strings predict what they predict in Keras.
func TestPredictFromStrings(t *testing.T) {
	for _, model := range []string{"reviews.keras", "counts.keras", "table.keras", "nested.keras", "ahead.keras", "first.keras", "legacy.h5"} {
		for _, on := range []string{backend.Go, backend.XLACPU} {
			t.Run(model+" on "+on, func(t *testing.T) {
				if on == backend.XLACPU {
					backendtest.XLA(t)
				}
				stem := strings.TrimSuffix(filepath.Join(textModels, model), filepath.Ext(model))
				out := filepath.Join(t.TempDir(), "out.npz")
				_, err := execute(t, "predict", filepath.Join(textModels, model), stem+".npz", "-o", out, "--backend", on, "--batch-size", "50")
				require.NoError(t, err)
				want, err := dataset.ReadArrays(stem+"_predicted.npz", []string{"y"})
				require.NoError(t, err)
				got, err := dataset.ReadArrays(out, []string{"y"})
				require.NoError(t, err)
				require.Equal(t, want[0].Shape, got[0].Shape)
				for i, v := range want[0].Values {
					require.InDelta(t, v, got[0].Values[i], 1e-5*max(1, math.Abs(float64(v))), "row %d", i)
				}
			})
		}
	}
}

// A model that begins with strings is trained to the losses that it has in Keras.
func TestFitStrings(t *testing.T) {
	dir := t.TempDir()
	for from, to := range map[string]string{"fitted.keras": "model.keras", "fitted.npz": "data.npz"} {
		content, err := os.ReadFile(filepath.Join(textModels, from))
		require.NoError(t, err)
		require.NoError(t, os.WriteFile(filepath.Join(dir, to), content, 0o644))
	}
	require.NoError(t, os.WriteFile(filepath.Join(dir, "fit.json"), []byte(`{"epochs": 5, "batch_size": 16, "shuffle": false}`), 0o644))
	out, err := execute(t, "fit", "--backend", "go", dir)
	require.NoError(t, err)
	content, err := os.ReadFile(filepath.Join(textModels, "fitted_losses.json"))
	require.NoError(t, err)
	var losses []float64
	require.NoError(t, json.Unmarshal(content, &losses))
	for i, want := range losses {
		_, line, found := strings.Cut(out, fmt.Sprintf("epoch %d/5  loss ", i+1))
		require.True(t, found, out)
		got, err := strconv.ParseFloat(strings.Fields(line)[0], 64)
		require.NoError(t, err)
		require.InEpsilon(t, want, got, 1e-5, "epoch %d", i+1)
	}
}

// Strings in a table, diagnosed as they are.
func TestDiagnoseStrings(t *testing.T) {
	out, err := execute(t, "diagnose", "-q", filepath.Join("..", "..", "examples", "reviews"))
	require.NoError(t, err)
	require.Contains(t, out, "learning-rate-too-low: ")
	require.Contains(t, out, "proved by its treatment")
	require.Contains(t, out, `What the layer "text_vectorization" makes of the data is made once, ahead of the training`)
}

// Of a layer with a function of one's own, the rest is examined all the same, the data among it.
func TestDiagnoseStringsInPart(t *testing.T) {
	dir := t.TempDir()
	read := func(name string) []byte {
		content, err := os.ReadFile(filepath.Join("..", "..", "examples", "reviews", name))
		require.NoError(t, err)
		return content
	}
	write := func(name string, content []byte) {
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), content, 0o644))
	}
	whole := read("model.keras")
	config := string(entryOf(t, whole, "config.json"))
	const standardize = `"standardize": "lower_and_strip_punctuation"`
	require.Contains(t, config, standardize)
	var changed bytes.Buffer
	z := zip.NewWriter(&changed)
	for name, content := range map[string]string{
		"config.json":      strings.Replace(config, standardize, `"standardize": {"module": "builtins", "class_name": "function", "config": "mine", "registered_name": "mine"}`, 1),
		"metadata.json":    string(entryOf(t, whole, "metadata.json")),
		"model.weights.h5": string(entryOf(t, whole, "model.weights.h5")),
	} {
		w, err := z.Create(name)
		require.NoError(t, err)
		_, err = w.Write([]byte(content))
		require.NoError(t, err)
	}
	require.NoError(t, z.Close())
	write("model.keras", changed.Bytes())
	write("data.csv", read("data.csv"))
	write("fit.json", read("fit.json"))
	out, err := execute(t, "diagnose", "-q", dir)
	require.ErrorContains(t, err, "config.layers[1].config.standardize: a function of one's own is not supported: write \"lower_and_strip_punctuation\"")
	require.Contains(t, out, "learning-rate-too-low (seen, not proved)")
	require.NotContains(t, out, "unscaled-inputs")
}

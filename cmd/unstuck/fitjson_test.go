package main

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// The history as JSON suits the schema and has an entry for each epoch; losses that aren't numbers are null.
func TestFitAsJSON(t *testing.T) {
	dir := stuckFolder(t)
	model := strings.Replace(linearModel, `"loss": "mse"`, `"loss": "mse", "metrics": ["mae"]`, 1)
	require.NoError(t, os.WriteFile(filepath.Join(dir, "config.json"), []byte(model), 0o644))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "fit.json"), []byte(`{"epochs": 3, "validation_split": 0.25}`), 0o644))
	out, _, status := ran(t, t.Context(), "fit", "--json", "--backend", "go", dir)
	require.Zero(t, status)
	history := validated(t, out)
	require.Equal(t, "history", history["kind"])
	epochs := history["epochs"].([]any)
	require.Len(t, epochs, 3)
	last := epochs[2].(map[string]any)
	require.EqualValues(t, 3, last["epoch"])
	require.Positive(t, last["loss"])
	require.Positive(t, last["metrics"].(map[string]any)["mae"])
	require.Positive(t, last["validation"].(map[string]any)["loss"])
	require.NotNil(t, history["assumed"])

	require.NoError(t, os.WriteFile(filepath.Join(dir, "config.json"), []byte(strings.Replace(linearModel, "1e-07", "1e30", 1)), 0o644))
	out, _, status = ran(t, t.Context(), "fit", "--json", "--backend", "go", dir)
	require.Zero(t, status)
	epochs = validated(t, out)["epochs"].([]any)
	require.Nil(t, epochs[len(epochs)-1].(map[string]any)["loss"])
}

// What fit and predict can't do is JSON as well, and nothing else.
func TestErrorsOfFitAndPredictAreJSON(t *testing.T) {
	model, data := savedModel("compiled")
	for kind, args := range map[string][]string{
		"input": {"fit", "--json", t.TempDir()},
		"usage": {"fit", "--json", "--nonsense"},
	} {
		out, told, status := ran(t, t.Context(), args...)
		require.Equal(t, failed, status)
		require.Equal(t, kind, validated(t, out)["error"].(map[string]any)["kind"])
		require.NotEmpty(t, told)
	}
	for _, args := range [][]string{{model, data}, {model, data, "-o", "x.txt"}, {model, t.TempDir(), "-o", "x.npz"}, {model, data, "-o", "x.npz", "--rows", "-1"}} {
		out, _, status := ran(t, t.Context(), append([]string{"predict", "--json"}, args...)...)
		require.Equal(t, failed, status)
		require.Equal(t, "input", validated(t, out)["error"].(map[string]any)["kind"])
	}
}

// An interrupted training gives the epochs until then.
func TestInterruptedFitAsJSON(t *testing.T) {
	dir := stuckFolder(t)
	require.NoError(t, os.WriteFile(filepath.Join(dir, "fit.json"), []byte(`{"epochs": 1000000}`), 0o644))
	for patience := 2 * time.Second; ; patience *= 2 {
		ctx, cancel := context.WithTimeout(t.Context(), patience)
		out, _, status := ran(t, ctx, "fit", "--json", "--backend", "go", dir)
		cancel()
		require.NotZero(t, status)
		history := validated(t, out)
		if (history["kind"] == "error" || history["epochs"] == nil) && patience < time.Minute {
			continue // on a busy machine no epoch was over
		}
		require.Equal(t, true, history["interrupted"])
		require.NotEmpty(t, history["epochs"])
		return
	}
}

// Predictions as JSON have the first rows, and the file has all.
func TestPredictAsJSON(t *testing.T) {
	model, data := savedModel("several")
	to := filepath.Join(t.TempDir(), "out.npz")
	out, _, status := ran(t, t.Context(), "predict", model, data, "-o", to, "--json", "--rows", "2", "--backend", "go")
	require.Zero(t, status)
	predictions := validated(t, out)
	require.Equal(t, "predictions", predictions["kind"])
	require.Equal(t, to, predictions["file"])
	outputs := predictions["outputs"].([]any)
	require.Len(t, outputs, 2)
	for _, o := range outputs {
		require.Len(t, o.(map[string]any)["rows"], 2)
	}
	require.FileExists(t, to)
}

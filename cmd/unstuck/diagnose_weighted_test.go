package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/unstuck/pkg/loop"
)

// Of a fit whose rows were weighted by what isn't recorded another training is examined: the verdict and what is assumed say so, and the
// loss is called what it is.
func TestRowsOfUnknownWeights(t *testing.T) {
	for name, c := range map[string]struct {
		change  func(told map[string]any)
		unknown bool
	}{
		"unknown":            {func(told map[string]any) { told["row_weights"] = "unknown" }, true},
		"an older recording": {func(told map[string]any) { told["notes"] = []string{"the loss isn't checked: its rows are weighted"} }, true},
		"recorded":           {func(told map[string]any) { told["row_weights"] = "recorded" }, false},
	} {
		folder := recordedLoop(t, filepath.Join("keras", "keras-loop-correct-fit"))
		path := filepath.Join(folder, loop.File)
		content, err := os.ReadFile(path)
		require.NoError(t, err)
		var told map[string]any
		require.NoError(t, json.Unmarshal(content, &told))
		told["loss"], told["keras_loss"] = nil, nil
		c.change(told)
		content, err = json.Marshal(told)
		require.NoError(t, err)
		require.NoError(t, os.WriteFile(path, content, 0o600))
		out, err := execute(t, "diagnose", folder, "--backend", "go", "-q")
		require.NoError(t, err)
		require.Contains(t, out, "its rows are weighted", name)
		require.NotContains(t, out, "a function of the user's own", name)
		if !c.unknown {
			require.NotContains(t, out, "row weights", name)
			continue
		}
		require.Contains(t, out, "row weights 1 each (class_weight or sample_weight of fit weren't recorded, so this is the unweighted training, not yours)", name)
		require.Contains(t, out, "The verdict depends on these settings", name)
		require.NotContains(t, out, "healthy: the training learns;", name)
	}
}

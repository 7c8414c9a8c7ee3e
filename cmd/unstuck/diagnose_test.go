package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/unstuck/pkg/dataset"
)

const linearModel = `{"module": "keras", "class_name": "Sequential", "config": {"name": "net", "trainable": true, "layers": [
{"module": "keras.layers", "class_name": "InputLayer", "config": {"batch_shape": [null, 2], "dtype": "float32", "name": "in"}, "registered_name": null},
{"module": "keras.layers", "class_name": "Dense", "config": {"name": "out", "units": 1, "activation": "linear", "use_bias": true}, "registered_name": null}]},
"registered_name": null, "compile_config": {"optimizer": {"module": "keras.optimizers", "class_name": "SGD", "config": {"learning_rate": 1e-07}, "registered_name": null}, "loss": "mse"}}`

// stuckFolder is a linear regression with a learning rate of 1e-7.
func stuckFolder(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	d, err := dataset.Random(200, []int{2}, []int{1}, 1)
	require.NoError(t, err)
	for i := range d.Y.Values {
		d.Y.Values[i] = 4*d.X.Row(i)[0] - 3*d.X.Row(i)[1]
	}
	require.NoError(t, dataset.WriteNPZ(filepath.Join(dir, "data.npz"), d))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "config.json"), []byte(linearModel), 0o644))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "fit.json"), []byte(`{"epochs": 40, "batch_size": 16, "seed": 1}`), 0o644))
	return dir
}

func execute(t *testing.T, args ...string) (stdout string, err error) {
	t.Helper()
	var out, told bytes.Buffer
	root := newRootCommand()
	root.SetOut(&out)
	root.SetErr(&told)
	root.SetArgs(args)
	err = root.Execute()
	return out.String(), err
}

func TestDiagnose(t *testing.T) {
	dir := stuckFolder(t)
	out, err := execute(t, "diagnose", "--json", dir)
	require.NoError(t, err)
	var result struct {
		Cause    string
		Findings []struct{ Verified bool }
	}
	decoder := json.NewDecoder(bytes.NewReader([]byte(out)))
	require.NoError(t, decoder.Decode(&result))
	require.False(t, decoder.More(), "JSON and nothing else")
	require.Equal(t, "learning-rate-too-low", result.Cause)
	require.True(t, result.Findings[0].Verified)

	page := filepath.Join(t.TempDir(), "report.html")
	out, err = execute(t, "diagnose", "-q", "--html", page, "--model", filepath.Join(dir, "config.json"), "--data", filepath.Join(dir, "data.npz"), "--fit", filepath.Join(dir, "fit.json"))
	require.NoError(t, err)
	require.Contains(t, out, "learning-rate-too-low: ")
	_, more, found := strings.Cut(out, "More about learning-rate-too-low: unstuck ")
	require.True(t, found, "where to read on")
	explained, err := execute(t, strings.Fields(more)...)
	require.NoError(t, err)
	require.Contains(t, explained, "What it looks like")
	require.FileExists(t, page)

	_, err = execute(t, "diagnose", t.TempDir())
	require.ErrorContains(t, err, "config.json")
	require.ErrorContains(t, err, "A recorded loop may be in it, too: unstuck.watch(…)")
	_, err = execute(t, "diagnose")
	require.Error(t, err)
}

// A model with a layer of one's own and an unknown metric: all of it is named, and what the rest shows.
// However many trainings run at once, the report is the same; a number that makes no sense is refused before anything is read.
func TestDiagnoseInParallel(t *testing.T) {
	dir := stuckFolder(t)
	want, err := execute(t, "diagnose", "--quiet", "--backend", "go", "--parallel", "1", dir)
	require.NoError(t, err)
	require.Contains(t, want, "learning-rate-too-low")
	got, err := execute(t, "diagnose", "--quiet", "--backend", "go", "--parallel", "3", dir)
	require.NoError(t, err)
	require.Equal(t, want, got)
	_, err = execute(t, "diagnose", "--parallel", "-1", "nowhere")
	require.ErrorContains(t, err, "--parallel is -1, must be at least 1")
}

func TestDiagnoseInPart(t *testing.T) {
	dir := stuckFolder(t)
	own := `{"module": null, "class_name": "Mine", "config": {"name": "mine"}, "registered_name": "me>Mine"},
{"module": "keras.layers", "class_name": "Dense", "config": {"name": "out"`
	model := strings.Replace(linearModel, `{"module": "keras.layers", "class_name": "Dense", "config": {"name": "out"`, own, 1)
	model = strings.Replace(model, `"loss": "mse"`, `"loss": "mse", "metrics": ["my_metric"]`, 1)
	require.NoError(t, os.WriteFile(filepath.Join(dir, "config.json"), []byte(model), 0o644))

	out, err := execute(t, "diagnose", "-q", dir)
	require.ErrorContains(t, err, "config.layers[1].registered_name: ", "so that the status isn't 0")
	for _, says := range []string{"config.layers[1].registered_name: ", "compile_config.metrics[0]: ", "learning-rate-too-low (seen, not proved)", "nothing was trained or tried"} {
		require.Contains(t, out, says)
	}
	out, err = execute(t, "diagnose", "--json", dir)
	require.Error(t, err)
	var result struct {
		Cause  string
		Unread []struct{ Path, Text string }
	}
	require.NoError(t, json.Unmarshal([]byte(out), &result), "JSON and nothing else")
	require.Equal(t, "learning-rate-too-low", result.Cause)
	require.Len(t, result.Unread, 1, "a metric is left out, no more")

	for _, format := range []string{"html", "markdown"} {
		page := filepath.Join(t.TempDir(), "report")
		_, err = execute(t, "diagnose", "-q", "--"+format, page, dir)
		require.Error(t, err)
		written, err := os.ReadFile(page)
		require.NoError(t, err)
		require.Regexp(t, `compile.?_config.metrics`, string(written))
	}

	out, err = execute(t, "fit", "--backend", "go", dir)
	require.ErrorContains(t, err, "config.layers[1].registered_name")
	require.Empty(t, out)
}

// TestReadme keeps the diagnosis that the README shows the one that is given.
func TestReadme(t *testing.T) {
	out, err := execute(t, "diagnose", "-q", filepath.Join("..", "..", "examples", "stuck"))
	require.NoError(t, err)
	shown, _, found := strings.Cut(out, "   Source:")
	require.True(t, found)
	readme, err := os.ReadFile(filepath.Join("..", "..", "README.md"))
	require.NoError(t, err)
	require.Contains(t, string(readme), "```\n"+strings.TrimSpace(shown)+"\n```")
}

package sweep

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"example.com/unstuck/pkg/explore"
)

// written is a sweep's file beside the training of examples/stuck.
func written(t *testing.T, text string) string {
	t.Helper()
	dir := t.TempDir()
	stuck, err := filepath.Abs(filepath.Join("..", "..", "examples", "stuck"))
	require.NoError(t, err)
	require.NoError(t, os.CopyFS(filepath.Join(dir, "stuck"), os.DirFS(stuck)))
	path := filepath.Join(dir, "sweep.yaml")
	require.NoError(t, os.WriteFile(path, []byte(text), 0o644))
	return path
}

func TestRead(t *testing.T) {
	p, err := Read(written(t, `
training: stuck
space:
  learning_rate: {from: 1e-4, to: 1, count: 3}
  optimizer: [sgd, Adam]
  batch_size: [8]
  activation: [tanh]
  initializer: [he_normal]
  clip_norm: [0, 1]
  clip_value: [0.5]
epochs: 7
seeds: [4, 5]
goal: {monitor: loss, enough: 0.5}
`))
	require.NoError(t, err)
	require.Len(t, p.Points, 12)
	require.Equal(t, 7, p.Training.Epochs)
	require.Equal(t, []int64{4, 5}, p.File.Seeds)
	require.Equal(t, []explore.Setting{
		{Axis: "learning rate", Label: "0.0001"}, {Axis: "batch size", Label: "8"}, {Axis: "optimizer", Label: "sgd"},
		{Axis: "activation", Label: "tanh"}, {Axis: "initializer", Label: "he_normal"}, {Axis: "clip norm", Label: "none"}, {Axis: "clip value", Label: "0.5"},
	}, p.Points[0].Settings())
	changed, err := p.Points[11].Apply(p.Training)
	require.NoError(t, err)
	require.Equal(t, "optim.Adam(1).With(optim.ClipByNorm{Max: 1}, optim.ClipByValue{Max: 0.5})", changed.Optimizer.GoCode())

	json, err := Read(written(t, `{"training": "stuck", "space": {"learning_rate": [0.1, 0.2]}, "search": {"random": 2, "halving": {"first": 5}}}`))
	require.NoError(t, err)
	require.Len(t, json.Points, 2)
	require.Equal(t, 40, json.Training.Epochs, "as its fit.json says")
	require.NotEqual(t, p.Name(), json.Name())
}

func TestReadRefuses(t *testing.T) {
	for text, want := range map[string]string{
		`training: nowhere`:                                           "no such file",
		`training: stuck`:                                             "space is empty: name what may be tried",
		`{training: stuck, spaces: {}}`:                               `unknown field "spaces"`,
		`{training: stuck, space: {learning_rate: 0.1}}`:              "learning_rate must be a list of numbers or {from",
		`{training: stuck, space: {learning_rate: [0]}}`:              "0: must be above 0",
		`{training: stuck, space: {learning_rate: {from: 1, to: 0}}}`: "must be 0 < from < to",
		`{training: stuck, space: {learning_rate: {from: 1, to: 2}}}`: "a grid needs at least 2",
		`{training: stuck, space: {optimizer: [madam]}}`:              `space.optimizer: unknown optimizer "madam": known are`,
		`{training: stuck, space: {activation: [relo]}}`:              `space.activation: unknown activation "relo"`,
		`{training: stuck, space: {initializer: [x]}}`:                `space.initializer: unknown initializer "x"`,
		`{training: stuck, space: {batch_size: [8, 8]}}`:              "occurs twice",
		`{training: stuck, search: {grid: true, random: 3}}`:          "both grid and random",
		`{training: stuck, search: {random: -3}}`:                     "must be positive",
		`{training: stuck, epochs: -1}`:                               "epochs is -1",
		"training: [":                                                 "yaml",
	} {
		path := written(t, text)
		_, err := Read(path)
		assert.ErrorContains(t, err, want, text)
	}
	_, err := Read(filepath.Join(t.TempDir(), "none.yaml"))
	require.ErrorIs(t, err, os.ErrNotExist)
}

// A trial that is good enough ends the sweep, and what was done is known.
func TestEnoughIsEnough(t *testing.T) {
	p, err := Read(written(t, `{training: stuck, epochs: 1, space: {learning_rate: {from: 1e-5, to: 0.1, count: 100}}, goal: {monitor: loss, enough: 1e9}}`))
	require.NoError(t, err)
	table, enough, err := p.Run(t.Context(), Options{Runner: slowRunner{}})
	require.NoError(t, err)
	require.True(t, enough)
	require.Len(t, table.Rows, 1)

	// Also where an earlier run came to it: nothing more is trained then.
	options := Options{Runner: slowRunner{}, Journal: filepath.Join(t.TempDir(), "trials.jsonl")}
	_, _, err = p.Run(t.Context(), options)
	require.NoError(t, err)
	var more int
	options.Progress = func(int, int, explore.Trial) { more++ }
	table, enough, err = p.Run(t.Context(), options)
	require.NoError(t, err)
	require.True(t, enough)
	require.Len(t, table.Rows, 1)
	require.Zero(t, more)

	p.File.Goal.Enough = nil
	_, enough, err = p.Run(t.Context(), Options{Runner: slowRunner{}})
	require.ErrorIs(t, err, errOver)
	require.False(t, enough)
}

var errOver = errors.New("that was all")

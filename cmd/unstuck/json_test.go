package main

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/jsonschema-go/jsonschema"
	"github.com/stretchr/testify/require"

	"example.com/unstuck/internal/border"
	"example.com/unstuck/pkg/dataset"
	"example.com/unstuck/pkg/doctor"
)

// validated is a document that suits the schema, as plain values.
func validated(t *testing.T, text []byte) map[string]any {
	t.Helper()
	content, err := os.ReadFile(filepath.Join("..", "..", "docs", "report.schema.json"))
	require.NoError(t, err)
	var schema jsonschema.Schema
	require.NoError(t, json.Unmarshal(content, &schema))
	resolved, err := schema.Resolve(nil)
	require.NoError(t, err)
	var all map[string]any
	require.NoError(t, json.Unmarshal(text, &all), "JSON and nothing else: %s", text)
	require.NoError(t, resolved.Validate(all), "%s", text)
	return all
}

// ran executes the command as main does.
func ran(t *testing.T, ctx context.Context, args ...string) (stdout, stderr []byte, status int) {
	t.Helper()
	before := os.Args
	defer func() { os.Args = before }()
	os.Args = append([]string{"unstuck"}, args...)
	var out, told bytes.Buffer
	root := newRootCommand()
	root.SetOut(&out)
	root.SetErr(&told)
	root.SetArgs(args)
	status = executed(ctx, root)
	return out.Bytes(), told.Bytes(), status
}

// healthyFolder is that of a training that learns.
func healthyFolder(t *testing.T) string {
	dir := stuckFolder(t)
	require.NoError(t, os.WriteFile(filepath.Join(dir, "config.json"), []byte(strings.Replace(linearModel, "1e-07", "0.05", 1)), 0o644))
	return dir
}

// partialFolder is that of a training with a layer that nobody knows.
func partialFolder(t *testing.T) string {
	dir := stuckFolder(t)
	own := `{"module": null, "class_name": "Mine", "config": {"name": "mine"}, "registered_name": "me>Mine"},
{"module": "keras.layers", "class_name": "Dense", "config": {"name": "out"`
	model := strings.Replace(linearModel, `{"module": "keras.layers", "class_name": "Dense", "config": {"name": "out"`, own, 1)
	require.NoError(t, os.WriteFile(filepath.Join(dir, "config.json"), []byte(model), 0o644))
	return dir
}

// noSignalFolder is that of a training with nothing to learn.
func noSignalFolder(t *testing.T) string {
	dir := healthyFolder(t)
	d, err := dataset.Random(200, []int{2}, []int{1}, 1)
	require.NoError(t, err)
	require.NoError(t, dataset.WriteNPZ(filepath.Join(dir, "data.npz"), d))
	return dir
}

// Every kind of report suits the schema and has the exit status that is promised, with --exit-code and without.
func TestReportsSuitTheSchemaAndTheStatus(t *testing.T) {
	log := filepath.Join(t.TempDir(), "loss.txt")
	write := func(text string) string {
		require.NoError(t, os.WriteFile(log, []byte(text), 0o644))
		return log
	}
	for _, c := range []struct {
		name, kind, cause string
		status, asked     int
		args              []string
	}{
		{"healthy", "training", "healthy", 0, 0, []string{"diagnose", healthyFolder(t)}},
		{"stuck and cured", "training", "learning-rate-too-low", 0, 10, []string{"diagnose", stuckFolder(t)}},
		{"stuck", "training", "no-signal", 0, 11, []string{"diagnose", noSignalFolder(t)}},
		{"partial", "training", "learning-rate-too-low", 2, 2, []string{"diagnose", partialFolder(t)}},
		{"loop and proof", "loop", "loop-no-update", 0, 10, []string{"diagnose", recordedLoop(t, "loop-no-update")}},
		{"loop", "loop", "loop-gradients-accumulate", 0, 11, []string{"diagnose", recordedLoop(t, "loop-gradients-accumulate")}},
		{"correct loop", "loop", "loop-correct", 0, 0, []string{"diagnose", "--loop-only", recordedLoop(t, "loop-correct")}},
		{"no folder", "error", "", 2, 2, []string{"diagnose", t.TempDir()}},
		{"no log", "error", "", 2, 2, []string{"history", filepath.Join(t.TempDir(), "none.csv")}},
		{"no language", "error", "", 2, 2, []string{"diagnose", "--in", "jax", t.TempDir()}},
	} {
		t.Run(c.name, func(t *testing.T) {
			out, _, status := ran(t, t.Context(), append(c.args, "--json")...)
			require.Equal(t, c.status, status)
			report := validated(t, out)
			require.Equal(t, c.kind, report["kind"])
			if c.kind == "error" {
				require.Equal(t, "input", report["error"].(map[string]any)["kind"])
			} else {
				require.Equal(t, c.cause, report["cause"])
			}
			if c.asked != c.status {
				_, _, status = ran(t, t.Context(), append(c.args, "--json", "--exit-code")...)
				require.Equal(t, c.asked, status)
			}
		})
	}
	for text, status := range map[string]int{
		strings.Repeat("0.6931\n0.6932\n", 8):     11,
		"0.7\nnan\nnan\n":                         11,
		"1\n.9\n.8\n.7\n.6\n.5\n.4\n.3\n.2\n.1\n": 0,
		"1\n.9\n": 12,
	} {
		out, _, got := ran(t, t.Context(), "history", "--json", "--exit-code", write(text))
		require.Equal(t, status, got, text)
		require.Equal(t, "log", validated(t, out)["kind"])
	}
	for _, args := range [][]string{{"explain", "--json"}, {"explain", "dying-relu", "--json"}} {
		out, _, status := ran(t, t.Context(), args...)
		require.Zero(t, status)
		validated(t, out)
	}
}

// What can't be understood of the command line is JSON too, where that is asked for.
func TestErrorsAreJSON(t *testing.T) {
	out, told, status := ran(t, t.Context(), "diagnose", "--json", "--nonsense")
	require.Equal(t, 2, status)
	require.Equal(t, "usage", validated(t, out)["error"].(map[string]any)["kind"])
	require.Contains(t, string(told), "unknown flag: --nonsense")
	out, _, status = ran(t, t.Context(), "diagnose", "--nonsense")
	require.Equal(t, 2, status)
	require.Empty(t, out)
	for kind, err := range map[string]error{"internal": &border.InternalError{}, "interrupted": context.Canceled, "input": os.ErrNotExist} {
		require.Equal(t, kind, errorKind(err))
	}
}

// The schema is no net with holes: a report with a field that nobody described, or without one that is promised, doesn't suit it.
func TestTheSchemaRefuses(t *testing.T) {
	content, err := os.ReadFile(filepath.Join("..", "..", "docs", "report.schema.json"))
	require.NoError(t, err)
	var schema jsonschema.Schema
	require.NoError(t, json.Unmarshal(content, &schema))
	resolved, err := schema.Resolve(nil)
	require.NoError(t, err)
	text, err := document("training", &doctor.Report{Cause: doctor.Healthy})
	require.NoError(t, err)
	validated(t, text)
	for _, change := range []func(map[string]any){
		func(r map[string]any) { r["more"] = 1 },
		func(r map[string]any) { delete(r, "verdict") },
		func(r map[string]any) { r["version"] = 2.0 },
		func(r map[string]any) { r["findings"] = []any{map[string]any{"cause": "healthy"}} },
	} {
		var r map[string]any
		require.NoError(t, json.Unmarshal(text, &r))
		change(r)
		require.Error(t, resolved.Validate(r), r)
	}
}

package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/unstuck/internal/targz"
	"example.com/unstuck/pkg/dataset"
	"example.com/unstuck/pkg/doctor"
	"example.com/unstuck/pkg/loop"
	"example.com/unstuck/pkg/training"
)

// recordedLoop is a recording of package loop's, in a folder.
func recordedLoop(t *testing.T, name string) string {
	t.Helper()
	return targz.Unpack(t, filepath.Join("..", "..", "pkg", "loop", "testdata", name+".tar.gz"))
}

func TestDiagnoseARecordedLoop(t *testing.T) {
	folder := recordedLoop(t, "loop-gradients-accumulate")
	page := filepath.Join(t.TempDir(), "report.md")
	out, err := execute(t, "diagnose", folder, "--markdown", page)
	require.NoError(t, err)
	require.Contains(t, out, "loop-gradients-accumulate: The gradients of earlier steps are never cleared")
	require.Contains(t, out, "optimizer.zero_grad()")
	require.Contains(t, out, "No proof: ", "what piles up goes further in four steps")
	require.Contains(t, out, "docs/loop.md")
	written, err := os.ReadFile(page)
	require.NoError(t, err)
	require.Contains(t, string(written), "# loop-gradients-accumulate")

	page = filepath.Join(t.TempDir(), "report.html")
	out, err = execute(t, "diagnose", folder, "--html", page, "--in", "keras")
	require.NoError(t, err)
	require.Contains(t, out, "tape.gradient")
	require.NotContains(t, out, "optimizer.zero_grad()")
	written, err = os.ReadFile(page)
	require.NoError(t, err)
	require.Contains(t, string(written), "<svg")
	require.Contains(t, string(written), "In Keras:")

	out, err = execute(t, "diagnose", folder, "--json")
	require.NoError(t, err)
	var result struct {
		Cause    string
		Findings []struct{ Evidence string }
		Steps    []struct {
			Loss   *float64
			Update *float64 `json:"update_ratio"`
		}
		Parameters []struct {
			Name    string
			Updates []*float64 `json:"update_ratios"`
			Moved   *float64
		}
		Training *struct{ Cause string }
	}
	require.NoError(t, json.Unmarshal([]byte(out), &result))
	require.Equal(t, "loop-gradients-accumulate", result.Cause)
	require.Contains(t, result.Findings[0].Evidence, "equals the sum with the one that step 1 has used already")
	require.Len(t, result.Steps, 4)
	require.Len(t, result.Parameters, 4)
	for _, p := range result.Parameters {
		require.Len(t, p.Updates, 4, p.Name)
		require.NotNil(t, p.Moved, p.Name)
	}
	require.Nil(t, result.Training, "the loop is to be mended first")
}

// Of a correct loop model and data are examined, unless that isn't wanted; what can't be read is an error that names the file.
func TestDiagnoseACorrectLoop(t *testing.T) {
	folder := recordedLoop(t, "loop-correct")
	out, err := execute(t, "diagnose", folder, "--loop-only")
	require.NoError(t, err)
	require.Contains(t, out, "loop-correct: The loop does what it claims")
	require.NotContains(t, out, "model and data were examined")

	out, err = execute(t, "diagnose", folder, "--quiet", "--json")
	require.NoError(t, err)
	var result struct {
		Cause    string
		Training *struct{ Cause string }
	}
	require.NoError(t, json.Unmarshal([]byte(out), &result))
	require.Equal(t, "loop-correct", result.Cause)
	require.NotNil(t, result.Training)
	require.NotEmpty(t, result.Training.Cause)

	pages := t.TempDir()
	html, markdown := filepath.Join(pages, "a.html"), filepath.Join(pages, "a.md")
	out, err = execute(t, "diagnose", folder, "--quiet", "--html", html, "--markdown", markdown)
	require.NoError(t, err)
	_, behind, found := strings.Cut(out, "The loop being correct, model and data were examined:\n\n")
	require.True(t, found, out)
	verdict, _, _ := strings.Cut(behind, ":")
	require.Equal(t, result.Training.Cause, verdict)
	for _, page := range []string{html, markdown} {
		written, err := os.ReadFile(page)
		require.NoError(t, err)
		require.Contains(t, string(written), "The loop being correct, model and data were examined")
		require.Regexp(t, `(?m)^(<h1>|# )`+verdict+": ", string(written), "as in the terminal")
	}

	require.NoError(t, os.Remove(filepath.Join(folder, "step-002.json")))
	_, err = execute(t, "diagnose", folder)
	require.ErrorContains(t, err, "step-002.json is missing: the recording isn't whole")
}

// Targets that the watch is given as (n), where the loop compares (n, 1) with (n, 1), are no fault of the training either.
func TestDiagnoseALoopThatShapesItsTargets(t *testing.T) {
	folder := recordedLoop(t, "loop-correct")
	arrays, err := filepath.Glob(filepath.Join(folder, "*.npz"))
	require.NoError(t, err)
	require.Len(t, arrays, 5)
	for _, path := range arrays {
		names, err := dataset.NamesOfNPZ(path)
		require.NoError(t, err)
		values, err := dataset.ReadArrays(path, names)
		require.NoError(t, err)
		at := slices.Index(names, "y")
		require.Len(t, values[at].Shape, 2)
		values[at].Shape = values[at].Shape[:1]
		require.NoError(t, dataset.WriteArrays(path, names, values))
	}
	out, err := execute(t, "diagnose", folder, "--quiet", "--backend", "go")
	require.NoError(t, err)
	require.Contains(t, out, "loop-correct: The loop does what it claims")
	require.Contains(t, out, "targets' shape [n, 1] (the loop's losses are of it)")
	require.NotContains(t, out, "loss-output-mismatch")
}

// What is asked for with --in holds of the model and data behind a loop, too.
func TestPrintIn(t *testing.T) {
	r := loopResult{Report: &loop.Report{}, Training: &doctor.Report{}}
	r.printIn([]training.Language{training.Keras})
	require.Equal(t, []training.Language{training.Keras}, r.Report.Languages)
	require.Equal(t, []training.Language{training.Keras}, r.Training.PrintedIn())
	none := loopResult{}
	none.printIn(nil)
	ofKeras := loopResult{Report: &loop.Report{}, Training: &doctor.Report{}, keras: true}
	ofKeras.printIn(nil)
	require.Equal(t, []training.Language{training.Keras}, ofKeras.Training.PrintedIn())
	require.Empty(t, ofKeras.Report.Languages) // its changes are in its own language anyway
	ofKeras.printIn([]training.Language{training.Go})
	require.Equal(t, []training.Language{training.Go}, ofKeras.Training.PrintedIn())
}

// A page that can't be written costs neither the printed report nor the other page, of a loop and of a training; as JSON the result
// stays the only document.
func TestAPageThatCantBeWritten(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "file")
	require.NoError(t, os.WriteFile(file, nil, 0o644))
	unwritable := filepath.Join(file, "a.html")
	for folder, verdict := range map[string]string{recordedLoop(t, "loop-gradients-accumulate"): "loop-gradients-accumulate", stuckFolder(t): "learning-rate-too-low"} {
		markdown := filepath.Join(dir, verdict+".md")
		out, err := execute(t, "diagnose", "--quiet", "--exit-code", folder, "--html", unwritable, "--markdown", markdown)
		require.ErrorContains(t, err, "--html: ")
		require.ErrorContains(t, err, unwritable)
		require.Contains(t, out, verdict+": ")
		require.FileExists(t, markdown)

		document, printed, status := ran(t, t.Context(), "diagnose", "--json", folder, "--markdown", unwritable)
		require.Equal(t, failed, status)
		require.Contains(t, string(printed), "--markdown: ")
		decoder := json.NewDecoder(bytes.NewReader(document))
		var result struct{ Cause string }
		require.NoError(t, decoder.Decode(&result))
		require.Equal(t, verdict, result.Cause)
		require.False(t, decoder.More(), "JSON and nothing else")
	}
}

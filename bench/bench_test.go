package main

import (
	"encoding/json"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestQuick runs this project's programs for real, on little data.
func TestQuick(t *testing.T) {
	if testing.Short() {
		t.Skip("builds and runs programs")
	}
	t.Chdir("..")
	file := filepath.Join(t.TempDir(), "results.json")
	r, err := run(t.Context(), settings{rounds: 5, quick: true, only: "example1,sweep,mlp", programs: "unstuck,unstuck-go", json: file}, io.Discard)
	require.NoError(t, err)
	for _, row := range r.Rows {
		c := row.Cells["unstuck-go"]
		require.NotNil(t, c, row.Title)
		require.Empty(t, c.Error, row.Title)
		require.Len(t, c.Seconds, 1)
		require.Positive(t, c.Median)
		require.Positive(t, median(c.Losses))
		if x := row.Cells[reference]; x != nil { // the plugin may not be installed
			require.InEpsilon(t, median(c.Losses), median(x.Losses), 1e-3, row.Title)
		}
	}
	text, err := os.ReadFile(file)
	require.NoError(t, err)
	var read Results
	require.NoError(t, json.Unmarshal(text, &read))
	require.Len(t, read.Rows, len(r.Rows))
	require.Contains(t, r.Markdown(), "| Example 1, Adam 1e-3, 10 epochs: cold |")
}

func TestMissingPeer(t *testing.T) {
	there, notes := present(t.Context(), []program{
		{Name: "a", Title: "A", probe: []string{filepath.Join(t.TempDir(), "python")}, missing: "not installed"},
		{Name: "b", Title: "B"},
	})
	require.Len(t, there, 1)
	require.Equal(t, "b", there[0].Name)
	require.Len(t, notes, 1)
	require.True(t, strings.HasPrefix(notes[0], "A is left out, not installed"), notes[0])
}

func TestNothingToMeasure(t *testing.T) {
	t.Chdir("..")
	_, err := run(t.Context(), settings{programs: "nobody", json: filepath.Join(t.TempDir(), "r.json")}, io.Discard)
	require.ErrorContains(t, err, `-programs "nobody"`)
}

func TestTable(t *testing.T) {
	r := newResults([]string{"PyTorch, eager is left out."})
	ours, other, broken := program{Name: reference, Title: "Ours"}, program{Name: "o", Title: "Other"}, program{Name: "x", Title: "Broken"}
	one := task{name: "t", title: "A task", rows: 1000}
	for _, seconds := range []float64{0.03, 0.01, 0.02} {
		r.add(one, ours, warm, sample{Seconds: seconds, MiB: 100, Loss: 0.5}, nil)
		r.add(one, other, warm, sample{Seconds: 3 * seconds, MiB: 50, Loss: 0.25, answer: answer{Versions: map[string]string{"other": "1.0"}}}, nil)
	}
	r.add(one, broken, warm, sample{}, errors.New("it broke"))
	require.True(t, r.failed("t", "x"))
	require.False(t, r.failed("t", "o"))
	require.NoError(t, r.write(filepath.Join(t.TempDir(), "new", "r.json")))
	text := r.Markdown()
	require.Contains(t, text, "|  | time | Ours | Other | Broken |")
	require.Contains(t, text, "| A task: warm | 20 ms (50000 samples/s) | 1 | 3 | failed |")
	require.Contains(t, text, "| A task: warm | 100 | 50 | failed |")
	require.Contains(t, text, "| A task: warm | 0.5000 | 0.2500 | failed |")
	require.Contains(t, text, "other 1.0")
	require.Contains(t, text, "PyTorch, eager is left out.")
}

// TestNoReference leaves seconds where there is nothing to refer to.
func TestNoReference(t *testing.T) {
	r := newResults(nil)
	r.add(task{name: "t", title: "A task"}, program{Name: "o", Title: "Other"}, cold, sample{Seconds: 1.5}, nil)
	r.compare()
	require.Contains(t, r.Markdown(), "| A task: cold | – | 1.5 s |")
}

func TestMedian(t *testing.T) {
	require.Equal(t, 2.0, median([]float64{3, 1, 2}))
	require.Equal(t, 2.5, median([]float64{4, 1, 2, 3}))
	require.Zero(t, median(nil))
}

func TestRounds(t *testing.T) {
	require.Equal(t, 5, tasks[0].rounds(settings{rounds: 5}))
	require.Equal(t, 3, task{long: true}.rounds(settings{rounds: 5}))
	require.Equal(t, 1, tasks[0].rounds(settings{rounds: 5, quick: true}))
}

// TestPrograms makes sure that what a program can't read is an error that quotes it.
func TestPrograms(t *testing.T) {
	p := program{Name: "e", command: []string{"echo", "hello"}}
	_, err := p.measure(t.Context(), tasks[0], cold, true)
	require.ErrorContains(t, err, "hello")
	p.command = []string{"sh", "-c", "echo trouble >&2; exit 3"}
	_, err = p.measure(t.Context(), tasks[0], cold, true)
	require.ErrorContains(t, err, "trouble")
}

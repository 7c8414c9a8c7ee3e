package distributed_test

import (
	"encoding/json"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/unstuck/distributed"
	"example.com/unstuck/pkg/doctor"
	"example.com/unstuck/pkg/doctor/report"
	"example.com/unstuck/pkg/exchange/saved"
	"example.com/unstuck/pkg/training"
)

// A worker's examination says what a local one does, to the last word.
func TestExaminationsAreTheLocalOnes(t *testing.T) {
	q := here(t, 0)
	works(t, q, distributed.WorkerOptions{})
	files, err := saved.Find(filepath.Join("..", "examples", "stuck"), saved.Files{})
	require.NoError(t, err)
	one, err := files.Read()
	require.NoError(t, err)
	want, err := doctor.Examine(t.Context(), one, doctor.Options{Backend: onGo(t).Backend, SideBySide: 1})
	require.NoError(t, err)

	got := map[int]distributed.Examined{}
	err = q.Examine(t.Context(), []training.Training{one, one}, distributed.RunnerOptions{}, func(e distributed.Examined) { got[e.Index] = e })
	require.NoError(t, err)
	require.Len(t, got, 2, "each is told of, though it was examined once")
	require.NoError(t, got[0].Err)
	require.Equal(t, report.Terminal(want, report.TerminalOptions{}), got[0].Text)
	require.Equal(t, want.Cause, got[1].Cause)
	text, err := json.Marshal(want)
	require.NoError(t, err)
	require.JSONEq(t, withoutClock(t, text), withoutClock(t, got[0].Report))
}

// withoutClock is JSON without what depends on the clock.
func withoutClock(t *testing.T, text []byte) string {
	t.Helper()
	var v any
	require.NoError(t, json.Unmarshal(text, &v))
	var clean func(any)
	clean = func(v any) {
		switch v := v.(type) {
		case map[string]any:
			delete(v, "seconds")
			for _, one := range v {
				clean(one)
			}
		case []any:
			for _, one := range v {
				clean(one)
			}
		}
	}
	clean(v)
	out, err := json.Marshal(v)
	require.NoError(t, err)
	return string(out)
}

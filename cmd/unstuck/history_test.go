package main

import (
	"bytes"
	"context"
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// pasted runs the command on what comes from standard input.
func pasted(t *testing.T, text string, args ...string) (string, error) {
	root := newRootCommand()
	var out bytes.Buffer
	root.SetArgs(append([]string{"history", "-"}, args...))
	root.SetIn(strings.NewReader(text))
	root.SetOut(&out)
	root.SetErr(&out)
	err := runRoot(t.Context(), root)
	return out.String(), err
}

func TestHistoryOfAPastedColumn(t *testing.T) {
	said, err := pasted(t, strings.Repeat("0.6931\n0.6932\n", 8))
	require.NoError(t, err)
	require.Contains(t, said, "loss has been flat from the start: 0.6931")
	require.Contains(t, said, "ln 2")
	require.Contains(t, said, "The log can't tell\n  why it doesn't move")
	require.Contains(t, said, "unstuck diagnose FOLDER")
	require.NotContains(t, said, "healthy")
}

func TestHistoryAsJSON(t *testing.T) {
	said, err := pasted(t, "epoch,loss,val_loss\n1,1,1\n2,.8,.8\n3,.6,.6\n4,.4,.8\n5,.2,1\n6,.1,1.2\n7,.05,1.4\n", "--json")
	require.NoError(t, err)
	var got struct {
		Format               string
		Training, Validation struct{ Shape, From string }
		Seen, Open, Settles  []string
	}
	require.NoError(t, json.Unmarshal([]byte(said), &got))
	require.Equal(t, "a table", got.Format)
	require.Equal(t, "still-falling", got.Training.Shape)
	require.Equal(t, "fell-then-rose", got.Validation.Shape)
	require.Equal(t, "epoch 3", got.Validation.From)
	require.NotEmpty(t, got.Seen)
	require.NotEmpty(t, got.Open)
}

// NaN is a word of the sentence and no number of the JSON.
func TestHistoryOfNaN(t *testing.T) {
	said, err := pasted(t, "0.7\nnan\nnan\n", "--json")
	require.NoError(t, err)
	require.Contains(t, said, `"shape":"not-finite"`)
	require.True(t, json.Valid([]byte(said)))
}

func TestHistoryOfWhatIsNoLog(t *testing.T) {
	_, err := pasted(t, "accuracy,f1\n0.5,0.1\n0.6,0.2\n")
	require.ErrorContains(t, err, "read as a table: there is no loss in it: name a column loss or val_loss; it has accuracy, f1")
	_, err = execute(t, "history", filepath.Join(t.TempDir(), "none.csv"))
	require.ErrorContains(t, err, "none.csv")
}

// A large log is read soon, and given up at once.
func TestHistoryOfAMillionSteps(t *testing.T) {
	var text strings.Builder
	for i := range 1_000_000 {
		text.WriteString([]string{"0.51\n", "0.49\n", "0.502\n", "0.497\n", "0.5\n"}[int(math.Abs(math.Sin(float64(i)*12.9898)*43758.5453))%5])
	}
	file := filepath.Join(t.TempDir(), "loss.txt")
	require.NoError(t, os.WriteFile(file, []byte(text.String()), 0o644))
	root := newRootCommand()
	root.SetArgs([]string{"history", file})
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	began := time.Now()
	require.ErrorIs(t, root.ExecuteContext(ctx), context.Canceled)
	require.Less(t, time.Since(began), 500*time.Millisecond)

	said, err := execute(t, "history", file)
	require.NoError(t, err)
	require.Contains(t, said, "flat from the start")
}

package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
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
	require.ErrorContains(t, err, "read as a table: there is no loss in it: no column has loss or error in its name; it has accuracy, f1. Say which columns")
	_, err = pasted(t, "this is a recipe: 2 eggs, 300 g flour\n")
	require.ErrorContains(t, err, "there are no numbers of a training in it")
	_, err = execute(t, "history")
	require.EqualError(t, err, "which log? Give a file, a folder, or - for standard input: unstuck history FILE")
	_, err = execute(t, "history", "a.csv", "b.csv")
	require.ErrorContains(t, err, "give one at a time")
	_, err = execute(t, "history", filepath.Join(t.TempDir(), "none.csv"))
	require.ErrorContains(t, err, "none.csv")
}

// Columns under other names are guessed or given, in tables of any separator, and the columns that are there are told.
func TestHistoryOfOtherNames(t *testing.T) {
	rows := "1 0.9 1\n2 0.7 0.9\n3 0.6 0.8\n4 0.5 0.8\n"
	for _, separator := range []string{" ", ",", "\t"} {
		said, err := pasted(t, strings.ReplaceAll("epoch perte perte_val\n"+rows, " ", separator))
		require.NoError(t, err)
		require.Contains(t, said, "Assumed: no column has loss in its name, so perte is the training loss and perte_val is the validation loss")
		require.Contains(t, said, "(columns: perte, perte_val); choose others with --loss NAME and --validation NAME.")

		table := strings.ReplaceAll("epoch x y\n"+rows, " ", separator)
		_, err = pasted(t, table)
		require.ErrorContains(t, err, "it has x, y. Say which columns are losses: --loss NAME, --validation NAME")
		said, err = pasted(t, table, "--loss", "y", "--validation", "x")
		require.NoError(t, err)
		require.Contains(t, said, "y has only 4 values")
		require.NotContains(t, said, "Assumed")
		_, err = pasted(t, table, "--loss", "z")
		require.ErrorContains(t, err, `there is no loss in it with the name "z"; it has x, y`)
	}
}

// Short names and decimal commas, as people paste them.
func TestHistoryOfShortNamesAndCommas(t *testing.T) {
	rows := ""
	for i := range 10 {
		rows += fmt.Sprintf("%d\t%.4f\t%.4f\t0.001\n", i+1, 0.6936-0.0001*float64(i%3), 0.7936-0.0001*float64(i%4))
	}
	said, err := pasted(t, "Ep\tTrLoss\tVLoss\tLR\n"+rows)
	require.NoError(t, err)
	require.Contains(t, said, "Assumed: by the letters in their names TrLoss is the training loss and VLoss is the validation loss (columns: TrLoss, VLoss, LR); choose others")
	require.Contains(t, said, "\nTrLoss has been flat from the start")
	require.Contains(t, said, "\nVLoss has been flat from the start")

	said, err = pasted(t, strings.Repeat("0,6931\n0,6932\n", 8))
	require.NoError(t, err)
	require.Contains(t, said, "loss has been flat from the start: 0.6931")
	_, err = pasted(t, strings.Repeat("1,234\n1,198\n", 8))
	require.ErrorContains(t, err, "standard input: the commas in its numbers may be decimal points")
}

// A large log is read soon, and given up at once.
func TestHistoryOfAMillionSteps(t *testing.T) {
	var text strings.Builder
	for i := range 1_000_000 {
		text.WriteString([]string{"0.51\n", "0.49\n", "0.502\n", "0.497\n", "0.5\n"}[int(math.Abs(math.Sin(float64(i)*12.9898)*43758.5453))%5])
	}
	file := filepath.Join(t.TempDir(), "loss.txt")
	require.NoError(t, os.WriteFile(file, []byte(text.String()), 0o644))
	soon(t, cancelled, func() time.Duration {
		root := newRootCommand()
		root.SetArgs([]string{"history", file})
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		began := time.Now()
		require.ErrorIs(t, root.ExecuteContext(ctx), context.Canceled)
		return time.Since(began)
	})

	said, err := execute(t, "history", file)
	require.NoError(t, err)
	require.Contains(t, said, "flat from the start")
}

// A log of several quantities is read as a pair of one of them, and an output whose loss never moves is told beside the sum.
func TestHistoryOfSeveralLosses(t *testing.T) {
	rows := "age_output_mae,cost_total,custom_crossentropy,learning_rate,val_age_output_mae,val_custom_crossentropy\n"
	outputs := "epoch,loss,out_a_loss,out_b_loss\n"
	for i := range 12 {
		v := math.Exp(-float64(i) / 6)
		rows += fmt.Sprintf("%g,%g,%g,0.001,%g,%g\n", 9*v, 11*v, 2*v, 10*v, 3*v)
		outputs += fmt.Sprintf("%d,%g,%g,%g\n", i, 1.6+v, v, 1.6+0.001*float64(i%2))
	}
	said, err := pasted(t, rows)
	require.NoError(t, err)
	require.Contains(t, said, "age_output_mae is the training loss and val_age_output_mae is the validation loss")
	require.NotContains(t, said, "times cost_total")

	said, err = pasted(t, outputs)
	require.NoError(t, err)
	require.Contains(t, said, "loss is still falling")
	require.Contains(t, said, "Flat from the start among the other losses, whatever their sum does: out_b_loss (1.6 at the start")
}

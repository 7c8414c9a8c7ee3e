package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"example.com/unstuck/internal/border"
	"example.com/unstuck/pkg/backend"
	"example.com/unstuck/pkg/dataset"
	"example.com/unstuck/pkg/doctor"
	"example.com/unstuck/pkg/exchange/saved"
	"example.com/unstuck/pkg/fit"
	"example.com/unstuck/pkg/fit/run"
	"example.com/unstuck/pkg/nn"
	"example.com/unstuck/pkg/training"
)

func newPredictCommand() *cobra.Command {
	var p prediction
	asJSON, rows := false, 0
	command := &cobra.Command{
		Use:   "predict MODEL DATA -o OUT.npz",
		Short: "Predict with a saved model, to compare with the program that saved it",
		Long: `MODEL is a .keras or a legacy .h5 file with its weights, or a .pt2 of PyTorch; whether it was compiled doesn't matter. DATA is an .npz with the array x, or of a model
with several inputs one array under the name of each, or an .npy for a model with one input. The predictions go to OUT.npz as the
array y, or of a model with several outputs one under the name of each, in float32. Layers act as in use, not as in training.`,
		Args: cobra.ExactArgs(2),
		RunE: func(cmd *cobra.Command, args []string) error {
			p.model, p.data = args[0], args[1]
			if err := p.check(); err != nil {
				return err
			}
			if rows < 0 {
				return fmt.Errorf("--rows is %d, must not be negative", rows)
			}
			y, err := border.Interruptible(cmd.Context(), func() (arrays, error) { return p.run(cmd.Context()) })
			if err != nil {
				return err
			}
			if err := dataset.WriteArrays(p.out, y.names, y.values); err != nil {
				return err
			}
			if asJSON {
				first := y.first(rows)
				first.File = p.out
				return writeJSON(cmd.OutOrStdout(), "predictions", first)
			}
			return y.tell(cmd.OutOrStdout(), cmd.ErrOrStderr())
		},
	}
	command.Flags().StringVarP(&p.out, "output", "o", "", "the .npz to write, whole or not at all")
	command.Flags().IntVar(&p.batch, "batch-size", 256, "rows that are predicted at a time")
	command.Flags().BoolVar(&asJSON, "json", false, "print shapes and the first rows as JSON and nothing else, errors too (docs/json.md)")
	command.Flags().IntVar(&rows, "rows", 20, "how many rows --json prints; the file has all")
	command.Flags().StringVar(&p.on, "backend", "", "xla:cuda, xla:cpu, xla, go or auto (default: GOMLX_BACKEND, else the best there is)")
	command.Flags().Float64Var(&p.gib, "memory", doctor.DefaultMemory>>30, "GiB of memory that may be taken; what would need more by a rough estimate is refused")
	return command
}

// prediction is what the command was asked for.
type prediction struct {
	model, data, out, on string
	batch                int
	gib                  float64
}

// check refuses what needs no file to be refused.
func (p prediction) check() error {
	switch {
	case p.out == "":
		return errors.New("where to? Give -o OUT.npz")
	case filepath.Ext(p.out) != ".npz":
		return fmt.Errorf("%s: predictions are written as an .npz", p.out)
	case p.batch < 1:
		return fmt.Errorf("--batch-size is %d, must be at least 1", p.batch)
	}
	for _, given := range []string{p.model, p.data} {
		if same(given, p.out) {
			return fmt.Errorf("-o %s is %s itself, which would be lost: name another file", p.out, given)
		}
	}
	return checkGiB(p.gib)
}

// same reports whether two paths lead to one file that is there.
func same(a, b string) bool {
	first, err := os.Stat(a)
	if err != nil {
		return false
	}
	second, err := os.Stat(b)
	return err == nil && os.SameFile(first, second)
}

// arrays are named arrays.
type arrays struct {
	names   []string
	values  []dataset.Array
	remarks []string // on what was computed otherwise than the file says
}

// run reads model and data and predicts.
func (p prediction) run(ctx context.Context) (y arrays, err error) {
	read, err := saved.ReadModel(p.model)
	if err != nil {
		return y, err
	}
	t := read.Training
	inputs, outputs := saved.ArrayNames(t)
	xs, err := dataset.ReadArraysFrom(p.data, saved.Sources(t))
	if err != nil {
		return y, fmt.Errorf("%w; %s takes %s", err, p.model, strings.Join(inputs, ", "))
	}
	saved.NoteLengths(&t, xs)
	if t.Encodings != nil { // which may make several of one
		inputs = nn.InputNames(t.Model)
	}
	if err := p.checkShapes(t, inputs, xs); err != nil {
		return y, err
	}
	if err := doctor.CheckPrediction(t.Model, xs, p.batch, int64(p.gib*(1<<30))); err != nil {
		return y, err
	}
	b, err := backend.Open(backend.Options{Name: p.on})
	if err != nil {
		return y, err
	}
	m, err := run.Predictor(t, fit.Options{Backend: b.Backend}, xs...)
	if err != nil {
		return y, fmt.Errorf("%s: %w", p.model, err)
	}
	y.names = outputs
	for _, a := range t.Assumed {
		if a.Given != "" {
			y.remarks = append(y.remarks, a.String())
		}
	}
	for from := 0; from < xs[0].Rows(); from += p.batch {
		part := make([]dataset.Array, len(xs))
		for i, x := range xs {
			part[i] = x.Range(from, min(from+p.batch, x.Rows()))
		}
		predicted, err := m.PredictAll(ctx, part...)
		if err != nil {
			return arrays{}, err
		}
		y.values = appended(y.values, predicted)
	}
	for i, rank := range read.Ranks { // one number for each row is an axis less in PyTorch
		if a := &y.values[i]; rank == 1 && len(a.Shape) == 2 && a.Shape[1] == 1 {
			a.Shape = a.Shape[:1]
		}
	}
	return y, ctx.Err()
}

// checkShapes compares what the model takes with the arrays.
func (p prediction) checkShapes(t training.Training, names []string, xs []dataset.Array) error {
	for i, x := range xs {
		if x.Rows() != xs[0].Rows() {
			return fmt.Errorf("%s: the array %q has %d rows, %q has %d: give as many of each", p.data, names[i], x.Rows(), names[0], xs[0].Rows())
		}
		if want := inputShape(t, i); !takes(want, x.Shape[1:]) {
			return fmt.Errorf("%s takes rows of shape %s, the array %q in %s has rows of shape %v (its whole shape is %v)", p.model, openShape(want), names[i], p.data, x.Shape[1:], x.Shape)
		}
	}
	return nil
}

// inputShape is the shape of a row of an input, −1 for any length; nil: not known.
func inputShape(t training.Training, i int) []int {
	if g, ok := nn.Bare(t.Model).(nn.Graph); ok {
		return g.Inputs[i].Shape
	}
	return t.InputShape
}

func takes(want, row []int) bool {
	return want == nil || slices.EqualFunc(want, row, func(w, n int) bool { return w < 0 || w == n })
}

// openShape prints any length as Keras does.
func openShape(shape []int) string {
	return strings.ReplaceAll(fmt.Sprint(shape), "-1", "None")
}

// appended puts the predictions of more rows behind the others.
func appended(all, more []dataset.Array) []dataset.Array {
	if all == nil {
		return more
	}
	for i, y := range more {
		all[i].Shape[0] += y.Rows()
		all[i].Values = append(all[i].Values, y.Values...)
	}
	return all
}

// tell prints the shapes of what was written, and warns of what is no number.
func (y arrays) tell(out, warn io.Writer) error {
	for _, remark := range y.remarks {
		fmt.Fprintln(warn, "computed otherwise than given:", remark)
	}
	for i, a := range y.values {
		if _, err := fmt.Fprintf(out, "%s %v\n", y.names[i], a.Shape); err != nil {
			return err
		}
		bad := 0
		for _, v := range a.Values {
			if f := float64(v); math.IsNaN(f) || math.IsInf(f, 0) {
				bad++
			}
		}
		if bad > 0 {
			fmt.Fprintf(warn, "%d of %d values of %s are NaN or infinite: there are such values in the weights or the inputs, or an index that its Embedding hasn't\n", bad, len(a.Values), y.names[i])
		}
	}
	return nil
}

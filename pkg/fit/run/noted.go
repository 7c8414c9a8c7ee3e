package run

import (
	"context"
	"fmt"
	"math"
	"slices"

	"github.com/gomlx/compute/gobackend"
	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"

	"example.com/unstuck/pkg/dataset"
	"example.com/unstuck/pkg/fit"
	"example.com/unstuck/pkg/loss"
	"example.com/unstuck/pkg/training"
)

// notedTolerance is how far the loss at the start may lie from the one that was noted, relative to it.
const notedTolerance = 1e-4

// CheckStart computes the loss that was noted where the training was saved, and refuses another: then what would be trained
// here isn't what is trained there. Where nothing was noted it does nothing.
func CheckStart(ctx context.Context, t training.Training, options fit.Options) error {
	if t.Noted.Rows < 1 {
		return nil
	}
	m, err := New(t, options)
	if err != nil {
		return err
	}
	if t.Data.Rows() < t.Noted.Rows {
		return fmt.Errorf("the loss was noted of the first %d rows where the training was saved, here are %d: save it again with its data", t.Noted.Rows, t.Data.Rows())
	}
	rows := t.Data.Range(0, t.Noted.Rows)
	predictions, err := m.PredictAll(ctx, rows.Inputs()...)
	if err != nil {
		return err
	}
	got, err := batchLoss(t.Loss, rows.Outputs(), predictions)
	if err != nil {
		return err
	}
	want := t.Noted.Loss
	if math.Abs(got-want) <= notedTolerance*math.Abs(want)+1e-6 || math.IsNaN(got) && math.IsNaN(want) {
		return nil
	}
	return fmt.Errorf("of its first %d rows the loss is %.7g here and was %.7g where it was saved: either the data was changed since, or something of the model is computed otherwise here: then nothing that is found here would hold there, please report it with the folder",
		t.Noted.Rows, got, want)
}

// batchLoss is the loss of a batch, as PyTorch has it.
func batchLoss(l loss.Loss, labels, predictions []dataset.Array) (float64, error) {
	exec, err := graph.NewExec(gobackend.GetBackend(), func(all []*graph.Node) *graph.Node {
		return loss.OfBatch(l, all[:len(labels)], all[len(labels):])
	})
	if err != nil {
		return 0, err
	}
	defer exec.Finalize()
	var inputs []any
	for _, a := range slices.Concat(labels, predictions) {
		inputs = append(inputs, a.Tensor())
	}
	out, err := exec.Call(inputs...)
	if err != nil {
		return 0, err
	}
	var values []float32
	if err := tensors.ConstFlatData(out[0], func(flat []float32) { values = append(values, flat...) }); err != nil {
		return 0, err
	}
	return float64(values[0]), nil
}

package training

import (
	"fmt"

	"example.com/unstuck/pkg/nn"
)

// checkStateful refuses rows that aren't whole batches of a model whose layers keep their states from batch to batch: a smaller
// batch has no states to go on from, and Keras fails at it.
func (t Training) checkStateful() error {
	layer, stateful := nn.FirstStateful(t.Model)
	if !stateful {
		return nil
	}
	size := t.BatchSize
	if size == 0 {
		size = 32
	}
	for _, of := range []struct {
		rows int
		what string
	}{{t.TrainRows(), "train"}, {t.ValidationData().Rows(), "validate"}} {
		if of.rows%size != 0 {
			return fmt.Errorf("the layer %q is stateful: the %d rows to %s on aren't whole batches of %d; leave %d of them out", layer, of.rows, of.what, size, of.rows%size)
		}
	}
	return nil
}

package fit

import (
	"errors"
	"fmt"
	"slices"

	"github.com/gomlx/compute"
	"github.com/gomlx/compute/shapes"

	"example.com/unstuck/internal/devices"
)

// This file is what is different for a training on several devices: each has the data and the state as a whole, and of the order
// of the batches its share of every batch's rows. From that the compiler finds what each computes, and that gradients, losses,
// metrics and the statistics of batch normalization are those of all rows.

// shareOut puts the model on as many devices as its options say.
func (m *Model) shareOut() error {
	n := m.options.Devices
	if n < 2 {
		return nil
	}
	if !m.canLoop() {
		return fmt.Errorf("Options.Devices is %d, and %s can't share a training out over devices: take XLA, or 1 device", n, m.backend.Name())
	}
	if m.options.Stepwise {
		return errors.New("Options.Stepwise is for one device: leave Devices out")
	}
	if m.stateful != "" {
		return fmt.Errorf("the layer %q is stateful: its model trains on one device, leave Options.Devices out", m.stateful)
	}
	several, err := devices.Over(m.backend, n)
	if err != nil {
		return fmt.Errorf(`Options.Devices: %w; backend.Options{Name: "xla:cpu,devices=%d"} shows the CPU as so many`, err, n)
	}
	m.backend = several
	return nil
}

// checkShares refuses batches that can't be shared out evenly.
func (m *Model) checkShares(batchSize int) error {
	if n := m.options.Devices; n > 1 && batchSize%n != 0 {
		return fmt.Errorf("batches of %d rows can't be shared out evenly over %d devices: take a multiple of %d", batchSize, n, n)
	}
	return nil
}

// shareEvaluation tells whether batches of about as many validation rows are shared out, and of how many they are then: rows that fill them up
// are masked, where that doesn't change which rows are one batch for the loss.
func (m *Model) shareEvaluation(rows, together int) (int, bool) {
	n := m.options.Devices
	if n < 2 || together > 0 && rows%n != 0 {
		return rows, false
	}
	return (rows + n - 1) / n * n, true
}

// upTo is 0, 1, 2, … below n.
func upTo(n int) []int32 {
	all := make([]int32, n)
	for i := range all {
		all[i] = int32(i)
	}
	return all
}

// sharedParameters are the parameters of a training program's main function, split over the devices where there are several.
func (m *Model) sharedParameters(builder compute.Builder, s fusedShapes, inputs []shapes.Shape) ([]compute.Value, error) {
	var specs []*compute.ShardingSpec
	if several, ok := builder.(devices.Builder); ok {
		axes := slices.Repeat([]int{devices.Whole}, len(inputs))
		axes[len(m.state.vars)+s.rowsAt()] = 1
		if s.eval.shared {
			axes[len(axes)-3] = 0 // the places in a batch, ahead of start and stop
		}
		var err error
		if specs, err = several.Split(inputs, axes); err != nil {
			return nil, err
		}
	}
	return functionParameters(builder.Main(), "main", inputs, specs)
}

// finishShared ends the main function of a training program: its results are the same on every device.
func finishShared(builder compute.Builder, results []compute.Value) error {
	var specs []*compute.ShardingSpec
	if several, ok := builder.(devices.Builder); ok {
		var err error
		if specs, err = several.Whole(results); err != nil {
			return err
		}
	}
	return builder.Main().Return(results, specs)
}

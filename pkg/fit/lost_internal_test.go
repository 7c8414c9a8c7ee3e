package fit

import (
	"context"
	"errors"
	"testing"

	"github.com/gomlx/compute"
	"github.com/stretchr/testify/require"

	"example.com/unstuck/pkg/backend/backendtest"
	"example.com/unstuck/pkg/dataset"
	"example.com/unstuck/pkg/nn"
)

var errBroken = errors.New("the device is gone")

// breaking is a program that fails from some execution on, and frees what it was given for good.
type breaking struct {
	compute.Executable
	left int
}

func (b *breaking) Execute(inputs []compute.Buffer, donate []bool, device compute.DeviceNum) ([]compute.Buffer, error) {
	if b.left--; b.left >= 0 {
		return b.Executable.Execute(inputs, donate, device)
	}
	for i, input := range inputs {
		if donate[i] {
			_ = input.Finalize()
		}
	}
	return nil, errBroken
}

// An execution that fails takes the weights that it was given with it: the model goes back to what it had at the beginning of
// the Fit, all of it, and trains on from there with the numbers of one that never failed.
func TestAFailedExecutionLeavesTheModelWhole(t *testing.T) {
	ctx := context.Background()
	data, err := dataset.Random(70, []int{3}, []int{1}, 1)
	require.NoError(t, err)
	c := Config{Epochs: 4, Validation: data}
	backendtest.Each(t, func(t *testing.T, b compute.Backend) {
		for left := range 3 {
			train := func(fail bool) ([]Weight, progress, *History) {
				m := privateModel(t, b, nn.Dense{Units: 4}, nn.Dropout{Rate: 0.5}, nn.Dense{Units: 1})
				_, err := m.Fit(ctx, data, c)
				require.NoError(t, err)
				before, err := m.Weights()
				require.NoError(t, err)
				if fail {
					m.programs.mu.Lock()
					sound := map[*programEntry]compute.Executable{}
					for _, e := range m.programs.known {
						sound[e] = e.program
						e.program = &breaking{e.program, left}
					}
					m.programs.mu.Unlock()
					_, err = m.Fit(ctx, data, c)
					require.ErrorIs(t, err, errBroken)
					require.ErrorContains(t, err, "the model is back at those of epoch 4, step 12 of its life")
					require.Equal(t, progress{epochs: 4, steps: 12}, m.progress)
					after, err := m.Weights()
					require.NoError(t, err)
					require.Equal(t, before, after)
					m.programs.mu.Lock()
					for e, program := range sound {
						e.program = program
					}
					m.programs.mu.Unlock()
				}
				h, err := m.Fit(ctx, data, c)
				require.NoError(t, err)
				weights, err := m.Weights()
				require.NoError(t, err)
				return weights, m.progress, h
			}
			weights, at, h := train(false)
			again, atAgain, hAgain := train(true)
			require.Equal(t, weights, again, "fails after %d executions", left)
			require.Equal(t, at, atAgain)
			require.Equal(t, h.Loss(), hAgain.Loss())
		}
	})
}

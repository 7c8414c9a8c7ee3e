package explore

import (
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/unstuck/pkg/dataset"
	"example.com/unstuck/pkg/loss"
	"example.com/unstuck/pkg/nn"
	"example.com/unstuck/pkg/optim"
	"example.com/unstuck/pkg/training"
)

// Trainings from other weights, or with another memory, are others; where the weights come from changes nothing.
func TestDigestOfAStart(t *testing.T) {
	data, err := dataset.Random(4, []int{2}, []int{1}, 1)
	require.NoError(t, err)
	of := func(change func(*training.Start)) string {
		c := training.Training{Model: nn.Sequential{nn.Dense{Units: 1}}, Data: data, Optimizer: optim.SGD(0.1), Loss: loss.MSE{}}
		c.Weights = []training.Weight{{Path: "/dense/kernel", Array: dataset.Array{Shape: []int{2, 1}, Values: []float32{1, 2}}}}
		c.Memory = &optim.Memory{Steps: 3, Slots: []optim.Remembered{{Slot: "momentum", Weight: "/dense/kernel", Shape: []int{1}, Values: []float32{1}}}}
		change(&c.Start)
		d, err := digest(c, Run{})
		require.NoError(t, err)
		return d
	}
	base := of(func(*training.Start) {})
	require.Equal(t, base, of(func(s *training.Start) { s.From = "model.keras" }))
	for _, change := range []func(*training.Start){
		func(s *training.Start) { s.Weights = nil },
		func(s *training.Start) { s.Weights[0].Path = "/dense/bias" },
		func(s *training.Start) { s.Weights[0].Array.Values[1] = 3 },
		func(s *training.Start) { s.Memory = nil },
		func(s *training.Start) { s.Memory.Steps = 4 },
		func(s *training.Start) { s.Memory.Slots[0].Values[0] = 2 },
		func(s *training.Start) { s.Adapted = true },
	} {
		require.NotEqual(t, base, of(change))
	}
}

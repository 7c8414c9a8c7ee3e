package doctor_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/unstuck/pkg/dataset"
	"example.com/unstuck/pkg/doctor"
	"example.com/unstuck/pkg/loss"
	"example.com/unstuck/pkg/nn"
	"example.com/unstuck/pkg/optim"
	"example.com/unstuck/pkg/training"
)

// A model that makes NaN of finite data from the first step on gets no cause that it hasn't: neither units that are off nor updates of 0.
func TestModelsThatMakeNaN(t *testing.T) {
	for name, at := range map[string]nn.Layer{
		"a root":      nn.Unary{Function: "sqrt"},
		"a logarithm": nn.Unary{Function: "log"},
	} {
		for layer, activation := range map[string]nn.Activation{"relu": nn.ReLU{}, "tanh": nn.Tanh{}} {
			t.Run(name+" behind "+layer, func(t *testing.T) {
				d, err := dataset.Random(80, []int{6}, []int{1}, 1)
				require.NoError(t, err)
				for i := range d.Y.Values {
					d.Y.Values[i] = d.X.Values[i*6]
				}
				c := training.Training{
					Model: nn.Sequential{nn.Dense{Units: 16, Activation: activation}, nn.Dense{Units: 1}, at, nn.Dense{Units: 1}},
					Data:  d, Optimizer: optim.SGD(0.01), Loss: loss.MSE{}, Epochs: 20,
				}
				r, err := doctor.Examine(context.Background(), c, doctor.Options{})
				require.NoError(t, err)
				require.Equal(t, doctor.Undecided, r.Cause, r.Verdict())
				require.Empty(t, r.Findings)
				require.Contains(t, r.Verdict(), "The first loss is not a number, ahead of any update")
				for _, s := range r.Symptoms {
					require.NotContains(t, s.Text, "changes the weights by 0 ")
				}
			})
		}
	}
}

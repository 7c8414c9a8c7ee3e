package doctor_test

import (
	"context"
	"testing"

	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/ml/model"
	"github.com/stretchr/testify/require"

	"example.com/unstuck/pkg/dataset"
	"example.com/unstuck/pkg/doctor"
	"example.com/unstuck/pkg/loss"
	"example.com/unstuck/pkg/nn"
	"example.com/unstuck/pkg/optim"
	"example.com/unstuck/pkg/training"
)

// A plain GoMLX model: two layers written by hand.
func plain(scope *model.Scope, x *graph.Node) *graph.Node {
	x = nn.Dense{Units: 16, Activation: nn.Tanh{}}.Apply(scope.At("hidden"), x)
	return nn.Dense{Units: 1}.Apply(scope.At("out"), x)
}

func TestPlainModelFunction(t *testing.T) {
	c := sines(t)
	c.Model = nn.Sequential{nn.Func(plain)}
	c.Optimizer = optim.Adam(1e-7)
	r, err := doctor.Examine(context.Background(), c, doctor.Options{})
	require.NoError(t, err)
	require.Equal(t, doctor.LearningRateTooLow, r.Cause)
	require.True(t, r.Findings[0].Verified)

	c.Optimizer = optim.Adam(5e-3)
	r, err = doctor.Examine(context.Background(), c, doctor.Options{})
	require.NoError(t, err)
	require.Equal(t, doctor.Healthy, r.Cause, r.Verdict())
}

// sines is a regression that a small network learns in half a second.
func sines(t *testing.T) training.Training {
	t.Helper()
	d, err := dataset.Random(300, []int{3}, []int{1}, 5)
	require.NoError(t, err)
	for i := range d.Y.Values {
		x := d.X.Row(i)
		for j := range x {
			x[j] = 3.4 * (x[j] - 0.5)
		}
		d.Y.Values[i] = x[0] - 0.7*x[1]*x[1] + 0.3*x[2]
	}
	return training.Training{
		Model:     nn.Sequential{nn.Dense{Units: 16, Activation: nn.ReLU{}}, nn.Dense{Units: 16, Activation: nn.ReLU{}}, nn.Dense{Units: 1}},
		Data:      d,
		Optimizer: optim.Adam(5e-3), Loss: loss.MSE{}, Epochs: 30, BatchSize: 16, Seed: 3,
	}
}

// What is wrong inside of a model function can't be treated from outside, but what the probes saw there is said.
func TestSeenInsideOfAFunction(t *testing.T) {
	deep := func(hidden nn.Dense) nn.Func {
		return func(scope *model.Scope, x *graph.Node) *graph.Node {
			for i := range 7 {
				x = hidden.Apply(scope.At("layer%d", i), x)
			}
			return nn.Dense{Units: 1}.Apply(scope.At("out"), x)
		}
	}
	for cause, hidden := range map[doctor.Cause]nn.Dense{
		doctor.VanishingGradient: {Units: 16, Activation: nn.Sigmoid{}},
		doctor.ExplodingGradient: {Units: 16, Activation: nn.ReLU{}, KernelInitializer: nn.RandomNormal{StdDev: 3}},
		doctor.DyingReLU:         {Units: 16, Activation: nn.ReLU{}, BiasInitializer: nn.Constant{Value: -12}},
	} {
		t.Run(string(cause), func(t *testing.T) {
			c := sines(t)
			c.Model, c.Optimizer, c.Epochs = nn.Sequential{deep(hidden)}, optim.SGD(0.01), 5
			r, err := doctor.Examine(context.Background(), c, doctor.Options{})
			require.NoError(t, err)
			var seen *doctor.Finding
			for i, f := range r.Findings {
				if f.Cause == cause && !f.Verified {
					seen = &r.Findings[i]
				}
			}
			require.NotNil(t, seen, "%s %v", r.Verdict(), r.Findings)
			require.NotEmpty(t, seen.Evidence())
			if cause != doctor.ExplodingGradient { // which a clip is tried upon
				require.Contains(t, seen.Treatment.Text, "seen, not treated")
			}
		})
	}
}

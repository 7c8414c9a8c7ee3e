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

// Class numbers that no output stands for are the finding, also where the data hold nothing to learn: the loss is NaN before
// anything else can be wrong. It is told before the first training, and nothing but its own mending is tried.
func TestLabelsThatAreNoClass(t *testing.T) {
	for name, first := range map[string]float32{"from 1": 1, "from -1": -1} {
		t.Run(name, func(t *testing.T) {
			d, err := dataset.Random(80, []int{6}, []int{1}, 1)
			require.NoError(t, err)
			for i := range d.Y.Values {
				d.Y.Values[i] = first + float32((i*i+i/7)%4)
			}
			var told []string
			c := training.Training{
				Model: nn.Sequential{nn.Dense{Units: 16, Activation: nn.ReLU{}}, nn.Dense{Units: 4, Activation: nn.Softmax{}}},
				Data:  d, Optimizer: optim.Adam(0.01), Loss: loss.SparseCategoricalCrossentropy{}, Epochs: 40,
			}
			require.Len(t, doctor.Contradictions(c), 1)
			require.Contains(t, doctor.Contradictions(c)[0], "targets are no class, the first of them")
			r, err := doctor.Examine(context.Background(), c, doctor.Options{Progress: func(what string) { told = append(told, what) }})
			require.NoError(t, err)
			require.Equal(t, doctor.LossOutputMismatch, r.Cause, r.Verdict())
			require.Equal(t, "seen before anything is run: "+doctor.Contradictions(c)[0], told[0])
			require.Len(t, r.Attempts, 1)
			require.NotEqual(t, doctor.Suspected, r.Findings[0].Certainty())
			require.NotNil(t, r.After, "mended it has a loss")
			if first == 1 {
				require.Equal(t, "number the classes from 0: targets y → y − 1", r.Findings[0].Treatment.Text)
			}
		})
	}
}

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

// Images that are changed at random make the loss of training jump a bit: that is no fault.
func TestAugmentationIsNoFault(t *testing.T) {
	d, err := dataset.Random(240, []int{6, 6, 1}, []int{1}, 5)
	require.NoError(t, err)
	for i := range d.Y.Values {
		x := d.X.Row(i)
		d.Y.Values[i] = float32(i % 2)
		for j := range x {
			x[j] = 0.5 * x[j]
			if i%2 == 1 && j%6 >= 2 && j%6 <= 3 { // a bar in the middle, wherever it is mirrored to
				x[j] += 0.4
			}
		}
	}
	c := training.Training{
		Model: nn.Sequential{
			nn.RandomFlip{}, nn.RandomTranslation{HeightFactor: []float64{-0.1, 0.1}, WidthFactor: []float64{-0.1, 0.1}}, nn.RandomBrightness{Factor: []float64{-0.1, 0.1}, ValueRange: []float64{0, 1}},
			nn.Conv2D{Filters: 6, KernelSize: []int{3}, Activation: nn.ReLU{}}, nn.Flatten{}, nn.Dense{Units: 8, Activation: nn.ReLU{}}, nn.Dense{Units: 1, Activation: nn.Sigmoid{}},
		},
		Data: d, Optimizer: optim.Adam(1e-2), Loss: loss.BinaryCrossentropy{}, Epochs: 12, BatchSize: 16, Seed: 3,
	}
	r, err := doctor.Examine(context.Background(), c, doctor.Options{})
	require.NoError(t, err)
	require.Equal(t, doctor.Healthy, r.Cause, r.Verdict())
}

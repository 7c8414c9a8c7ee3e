package loss

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// What is printed is run in PyTorch by pkg/training. These are the simplest, as a reader of a report sees them.
func TestTorchCode(t *testing.T) {
	for _, c := range []struct {
		loss Loss
		want Torch
	}{
		{MSE{}, Torch{Function: "nn.MSELoss()"}},
		{MAE{}, Torch{Function: "nn.L1Loss()"}},
		{Huber{Delta: 0.5}, Torch{Function: "nn.HuberLoss(delta=0.5)"}},
		{BinaryCrossentropy{FromLogits: true}, Torch{Function: "nn.BCEWithLogitsLoss()"}},
		{BinaryCrossentropy{}, Torch{Function: "lambda p, y: nn.functional.binary_cross_entropy(p.clamp(1e-07, 1 - 1e-07), y)"}},
		{SparseCategoricalCrossentropy{FromLogits: true}, Torch{Function: "nn.CrossEntropyLoss()", Numbers: true}},
		{CategoricalCrossentropy{FromLogits: true, LabelSmoothing: 0.1}, Torch{Function: "nn.CrossEntropyLoss(label_smoothing=0.1)"}},
	} {
		got, err := TorchCode(c.loss, 2)
		require.NoError(t, err)
		require.Equal(t, c.want, got)
	}
}

// Every loss is printed, or an error that names it says why not.
func TestTorchCodeSaysWhyNot(t *testing.T) {
	var missing []string
	for _, c := range losses.Classes() {
		if _, err := TorchCode(c.Zero().(Loss), 2); err != nil {
			require.ErrorContains(t, err, "loss."+c.Name)
			missing = append(missing, c.Name)
		}
	}
	require.ElementsMatch(t, []string{"Circle", "CTC"}, missing)
	_, err := TorchCode(Outputs{}, 2)
	require.ErrorContains(t, err, "loss.Outputs")
}

package fit_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/unstuck/pkg/fit"
	"example.com/unstuck/pkg/loss"
	"example.com/unstuck/pkg/nn"
	"example.com/unstuck/pkg/optim"
)

// A loss that had to leave masked steps out is refused, and not computed over all of them.
func TestMasksAtTheLoss(t *testing.T) {
	masked := nn.Sequential{nn.Embedding{InputDim: 5, OutputDim: 3, MaskZero: true}, nn.LSTM{Units: 2, ReturnSequences: true}}
	_, err := fit.Compile(masked, optim.Adam(1e-3), loss.MSE{}, fit.Options{Backend: goBackend})
	require.ErrorContains(t, err, "the model's output has a mask")
	_, err = fit.Compile(append(masked, nn.LSTM{Units: 1}), optim.Adam(1e-3), loss.MSE{}, fit.Options{Backend: goBackend})
	require.NoError(t, err)
}

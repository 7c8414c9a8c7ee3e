package fit_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/unstuck/pkg/fit"
	"example.com/unstuck/pkg/loss"
	"example.com/unstuck/pkg/nn"
	"example.com/unstuck/pkg/optim"
)

// A loss that has no mean over steps is refused where the output has a mask, and nowhere else.
func TestLossesThatCannotLeaveStepsOut(t *testing.T) {
	masked := nn.Sequential{nn.Embedding{InputDim: 5, OutputDim: 3, MaskZero: true}, nn.LSTM{Units: 2, ReturnSequences: true}}
	compile := func(net nn.Layer, l loss.Loss, metrics ...loss.Metric) error {
		_, err := fit.Compile(net, optim.Adam(1e-3), l, fit.Options{Backend: goBackend, Metrics: metrics})
		return err
	}
	require.ErrorContains(t, compile(masked, loss.Dice{}), "dice of an output with a mask")
	require.ErrorContains(t, compile(masked, loss.MSE{}, loss.CTC{}), "ctc of an output with a mask")
	require.NoError(t, compile(masked, loss.MSE{}, loss.MAE{}))
	require.NoError(t, compile(append(masked, nn.LSTM{Units: 1}), loss.Dice{}))
}

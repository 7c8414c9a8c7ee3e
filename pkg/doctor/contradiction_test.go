package doctor_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/unstuck/pkg/doctor"
	"example.com/unstuck/pkg/loss"
	"example.com/unstuck/pkg/nn"
)

// A contradiction in the description that costs much of what there is to learn is the headline, also where more epochs alone would do.
func TestAContradictionStandsAheadOfPatience(t *testing.T) {
	for _, epochs := range []int{4, 8, 12} {
		c := rings(3, nn.Softmax{}, loss.SparseCategoricalCrossentropy{FromLogits: true})
		c.Epochs = epochs
		r, err := doctor.Examine(context.Background(), c, doctor.Options{})
		require.NoError(t, err)
		t.Log(epochs, r.Verdict())
		require.Equal(t, doctor.LossOutputMismatch, r.Cause, "%d epochs: %s", epochs, r.Verdict())
		require.True(t, r.Findings[0].Verified)
	}
}

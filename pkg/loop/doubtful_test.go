package loop

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/unstuck/pkg/dataset"
)

// What wasn't compared, or doesn't agree, is not said to be as it is claimed.
func TestDoubtful(t *testing.T) {
	none := Number(math.NaN())
	nothing := Row{Step: 1, Loss: 1, Replayed: none, GradientRatio: none, GradientCosine: none, UpdateRatio: none}
	loss := nothing
	loss.Replayed = 1
	gradient, update := loss, loss
	gradient.GradientRatio, update.UpdateRatio = 1, 1
	for _, c := range []struct {
		report Report
		want   bool
	}{
		{Report{Cause: Correct, Steps: []Row{nothing}}, true},
		{Report{Cause: Correct}, true},
		{Report{Cause: Correct, Steps: []Row{loss, loss}}, true},
		{Report{Cause: Correct, Steps: []Row{nothing, gradient}}, false},
		{Report{Cause: Correct, Steps: []Row{nothing, update}}, false},
		{Report{Cause: Correct, Steps: []Row{gradient}, strays: true}, true},
		{Report{Cause: SameBatch, Steps: []Row{nothing}}, false},
	} {
		require.Equal(t, c.want, c.report.Doubtful())
	}
}

// A proof compares as many steps with as many: that ten times as many of them get further is none.
func TestProofOfAsManySteps(t *testing.T) {
	p := Proof{Recorded: []Number{3, 2}, Correct: []Number{3, 2.5}, Start: 3, RecordedEnd: 1, CorrectEnd: 2, LaterEnd: 0.1}
	require.False(t, p.Proves())
	p.CorrectEnd = 0.5
	require.True(t, p.Proves())
	p.Correct = p.Recorded
	require.False(t, p.Proves(), "the same way")
}

func TestNothingIsTrainable(t *testing.T) {
	r := &Recording{Parameters: []Parameter{{Name: "w", Model: true}}, Steps: []Step{{Number: 1, LossGraph: "graph", before: make([]dataset.Array, 1), weights: make([]dataset.Array, 1)}}}
	f := noUpdate(r)
	require.NotNil(t, f)
	require.Equal(t, NoUpdate, f.Cause)
	require.Contains(t, f.Evidence, "none of the model's 1 parameter is trainable")
}

package loop

import (
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/unstuck/pkg/loss"
)

// A loss of logits becomes that of the probabilities, whatever else it is told; others, and that with weights that logits alone have, don't.
func TestOfProbabilities(t *testing.T) {
	for l, want := range map[string][2]loss.Loss{
		"binary":  {loss.BinaryCrossentropy{FromLogits: true, Weights: []float64{2}}, loss.BinaryCrossentropy{CutLogarithms: true, Weights: []float64{2}}},
		"a sum":   {loss.Summed{Of: loss.CategoricalCrossentropy{FromLogits: true, LabelSmoothing: 0.1}}, loss.Summed{Of: loss.CategoricalCrossentropy{LabelSmoothing: 0.1}}},
		"classes": {loss.SparseCategoricalCrossentropy{FromLogits: true, Ignore: []int{-100}}, loss.SparseCategoricalCrossentropy{Ignore: []int{-100}}},
	} {
		of, ok := ofProbabilities(want[0])
		require.True(t, ok, l)
		require.Equal(t, want[1], of, l)
	}
	for _, l := range []loss.Loss{loss.MSE{}, loss.Summed{Of: loss.MAE{}}, loss.BinaryCrossentropy{FromLogits: true, PosWeights: []float64{2}}} {
		_, ok := ofProbabilities(l)
		require.False(t, ok, "%v", l)
	}
}

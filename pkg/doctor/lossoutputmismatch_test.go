package doctor

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/unstuck/pkg/loss"
	"example.com/unstuck/pkg/nn"
	"example.com/unstuck/pkg/training"
)

// signs has as targets whether those of bent are above 0.
func signs() training.Training {
	return broken(func(c *training.Training) {
		for i, v := range c.Data.Y.Values {
			c.Data.Y.Values[i] = 0
			if v > 0 {
				c.Data.Y.Values[i] = 1
			}
		}
	})
}

// A loss of logarithms of probabilities falls below that of a perfect prediction where the last layer gives anything else, without
// end or to a floor: its fall is no proof that something is learned.
func TestLogarithmsOfWhatIsNoProbability(t *testing.T) {
	for name, last := range map[string]nn.Activation{"logits": nil, "softmax": nn.Softmax{}, "relu": nn.ReLU{}} {
		t.Run(name, func(t *testing.T) {
			c := signs()
			c.Data.Y.Shape = []int{c.Data.Rows()}
			c.Model, c.Epochs = nn.Sequential{nn.Dense{Units: 24, Activation: nn.ReLU{}}, nn.Dense{Units: 2, Activation: last}}, 20
			c.Loss = loss.SparseCategoricalCrossentropy{LogProbabilities: true}
			r, err := Examine(context.Background(), c, Options{})
			require.NoError(t, err)
			require.Equal(t, LossOutputMismatch, r.Cause, r.Verdict())
			require.True(t, r.Findings[0].Verified)
		})
	}
}

// What a treatment doesn't have to change of a loss stays.
func TestOptionsOfALossStay(t *testing.T) {
	classes := loss.SparseCategoricalCrossentropy{ClassWeights: []float64{1, 2}, LabelSmoothing: 0.1, ClassesFirst: true}
	of := func(change func(*loss.SparseCategoricalCrossentropy)) loss.Loss {
		l := classes
		change(&l)
		return l
	}
	for _, c := range []struct {
		given, proper, want loss.Loss
		sameUnits           bool
	}{
		{loss.BinaryCrossentropy{CutLogarithms: true, Weights: []float64{2}}, loss.BinaryCrossentropy{}, loss.BinaryCrossentropy{CutLogarithms: true, Weights: []float64{2}}, true},
		{loss.BinaryCrossentropy{FromLogits: true}, loss.BinaryCrossentropy{}, loss.BinaryCrossentropy{}, true},
		{loss.CategoricalCrossentropy{LabelSmoothing: 0.1}, loss.CategoricalCrossentropy{}, loss.CategoricalCrossentropy{LabelSmoothing: 0.1}, true},
		{of(func(l *loss.SparseCategoricalCrossentropy) { l.LogProbabilities = true }), loss.SparseCategoricalCrossentropy{}, classes, true},
		{classes, loss.SparseCategoricalCrossentropy{}, loss.SparseCategoricalCrossentropy{}, false},
		{classes, loss.BinaryCrossentropy{}, loss.BinaryCrossentropy{}, true},
	} {
		require.Equal(t, c.want, withOptions(c.given, c.proper, c.sameUnits))
	}
}

// A training of PyTorch's is told of in PyTorch's words.
func TestLossesGoByTheirNamesInPyTorch(t *testing.T) {
	c := signs()
	p := &Patient{Training: c}
	require.Equal(t, "binary_crossentropy", p.lossName(loss.BinaryCrossentropy{FromLogits: true}))
	p.Training.From = "model.pt2"
	require.Equal(t, "nn.BCEWithLogitsLoss()", p.lossName(loss.BinaryCrossentropy{FromLogits: true}))
	require.Equal(t, "nn.CrossEntropyLoss()", p.lossName(loss.SparseCategoricalCrossentropy{FromLogits: true}))
	require.Equal(t, "nn.NLLLoss()", p.lossName(loss.SparseCategoricalCrossentropy{LogProbabilities: true}))
	p.Training.Weights = []training.Weight{{Path: "/dense/kernel"}}
	for _, treatment := range freshStarts(p.Training) {
		require.NotContains(t, treatment.Text, "Keras")
	}
}

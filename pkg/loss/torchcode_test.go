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
		{MultiMarginLoss{Margin: 1, Squared: true}, Torch{Function: "nn.MultiMarginLoss(p=2)", Numbers: true}},
		{GaussianNLLLoss{Epsilon: 1e-6}, Torch{Function: "lambda p, y: nn.functional.gaussian_nll_loss(p[:, 0], y.view_as(p[:, 0]), p[:, 1])"}},
		{MarginRankingLoss{}, Torch{Function: "lambda p, y: nn.functional.margin_ranking_loss(p[:, 0], p[:, 1], y.view_as(p[:, 0]))"}},
		{CosineEmbeddingLoss{Margin: 0.5}, Torch{Function: "lambda p, y: nn.functional.cosine_embedding_loss(p[:, 0], p[:, 1], y.flatten(), margin=0.5)"}},
		{TripletMarginLoss{Margin: 1, Epsilon: 1e-6, Swap: true}, Torch{Function: "lambda p, y: nn.functional.triplet_margin_loss(p[:, 0], p[:, 1], p[:, 2], swap=True)"}},
		{Summed{Of: MSE{}}, Torch{Function: "lambda p, y: len(p) * nn.MSELoss()(p, y)"}},
		{Summed{Of: MSE{}, AsTorch: true}, Torch{Function: "nn.MSELoss(reduction='sum')"}},
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

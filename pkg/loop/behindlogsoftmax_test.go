package loop

import (
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/unstuck/pkg/dataset"
)

// Of NLLLoss a claim takes outputs as logarithms of probabilities, and as what a log-softmax between model and loss makes these of; other losses have one way.
func TestLogSoftmaxBetweenModelAndLoss(t *testing.T) {
	outputs := []dataset.Array{{Shape: []int{2, 3}, Values: []float32{1, 2, 0, -1, 0, 4}}}
	targets := []dataset.Array{{Shape: []int{2}, Values: []float32{0, 2}}}
	for described, ways := range map[string]int{`{"class": "NLLLoss"}`: 2, `{"class": "CrossEntropyLoss"}`: 1} {
		r := &Recording{Framework: torchFramework, Loss: []byte(described)}
		claims, why := r.claims(outputs, targets)
		require.Empty(t, why)
		require.Len(t, claims, ways, described)
	}
}

package loop

import (
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/unstuck/pkg/dataset"
	"example.com/unstuck/pkg/loss"
)

// A sigmoid that the model ends in is named where the loss takes another. Logits that lie between 0 and 1 aren't, nor a sigmoid ahead of a loss of
// probabilities, ahead of another loss than the claimed one, or of one output among several.
func TestSigmoidForALossOfLogits(t *testing.T) {
	within, beyond := []float32{0, 0.25, 0.75, 1}, []float32{0, 0.25, 0.75, 1.5}
	logits := loss.BinaryCrossentropy{FromLogits: true}
	for what, c := range map[string]struct {
		loss    loss.Loss
		outputs []float32
		by      []string
		value   float64
		named   bool
	}{
		"a sigmoid":                    {logits, within, []string{"sigmoid"}, 1, true},
		"the sum of the losses":        {loss.Summed{Of: logits}, within, []string{"sigmoid"}, 1, true},
		"logits between 0 and 1":       {logits, within, []string{"addmm"}, 1, false},
		"an operation that isn't told": {logits, within, nil, 1, false},
		"a compiled model":             {logits, within, []string{""}, 1, false},
		"numbers beyond 1":             {logits, beyond, []string{"sigmoid"}, 1, false},
		"one of two outputs":           {logits, within, []string{"sigmoid", "addmm"}, 1, false},
		"a loss of probabilities":      {loss.BinaryCrossentropy{}, within, []string{"sigmoid"}, 1, false},
		"a squared error":              {loss.MSE{}, within, []string{"sigmoid"}, 1, false},
		"another loss than is claimed": {logits, within, []string{"sigmoid"}, 2, false},
	} {
		r, all, recorded := &Recording{}, &replays{}, 1.0
		for k := range 3 {
			s := Step{Number: k + 1, Loss: &recorded}
			if k < 2 {
				s.MadeBy = c.by
			}
			r.Steps = append(r.Steps, s)
			all.steps = append(all.steps, replayed{claim: &claim{
				loss: c.loss, outputs: []dataset.Array{{Shape: []int{4, 1}, Values: c.outputs}},
				targets: []dataset.Array{{Shape: []int{4, 1}, Values: []float32{0, 1, 0, 1}}},
			}, value: c.value})
		}
		f := sigmoidWithin(r, all)
		require.Equal(t, c.named, f != nil, what)
		if f != nil {
			require.Equal(t, OtherLoss, f.Cause)
			require.Contains(t, f.Evidence, "can't fall below 0.503 a number", what)
			r.Loss = []byte(`{"class": "BCEWithLogitsLoss", "options": {"pos_weight": [0.1]}}`)
			require.NotContains(t, sigmoidWithin(r, all).Evidence, "can't fall", what)
		}
		for k := range all.steps {
			all.steps[k].claim.targets[0].Values = []float32{0.5, 0.6, 0.73, 0.7} // within what two sigmoids reach
		}
		require.Nil(t, sigmoidWithin(r, all), what)
	}
}

package loop

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/unstuck/pkg/dataset"
	"example.com/unstuck/pkg/loss"
)

// Outputs that sum to 1 in each row, of a loss that takes a softmax itself, are named along each axis of classes; raw ones, those of which one row
// isn't so, and those of a loss of probabilities aren't.
func TestProbabilitiesForALossOfLogits(t *testing.T) {
	rows := func(last []float32) dataset.Array {
		a := dataset.Array{Shape: []int{4, 3}}
		for range 3 {
			a.Values = append(a.Values, 0.25, 0.5, 0.25)
		}
		a.Values = append(a.Values, last...)
		return a
	}
	sums := rows([]float32{0, 0.125, 0.875})
	logits, classesFirst := loss.SparseCategoricalCrossentropy{FromLogits: true}, loss.SparseCategoricalCrossentropy{FromLogits: true, ClassesFirst: true}
	places := dataset.Array{Shape: []int{2, 2, 3}, Values: []float32{0.1, 0.2, 0.3, 0.9, 0.8, 0.7, 0.5, 0.5, 1, 0.5, 0.5, 0}}
	for what, c := range map[string]struct {
		loss    loss.Loss
		outputs dataset.Array
		classes int // 0: no finding
		value   float64
	}{
		"probabilities":                  {logits, sums, 3, 1},
		"one-hot targets":                {loss.CategoricalCrossentropy{FromLogits: true}, sums, 3, 1},
		"the sum of the losses":          {loss.Summed{Of: logits}, sums, 3, 1},
		"places behind classes":          {classesFirst, places, 2, 1},
		"places ahead of classes":        {logits, places, 0, 1},
		"a row that sums to 2":           {logits, rows([]float32{1, 0.5, 0.5}), 0, 1},
		"a row below 0":                  {logits, rows([]float32{-0.5, 0.5, 1}), 0, 1},
		"a loss of probabilities":        {loss.SparseCategoricalCrossentropy{}, sums, 0, 1},
		"another loss than is claimed":   {logits, sums, 0, 2},
		"logarithms of probabilities":    {loss.SparseCategoricalCrossentropy{FromLogits: true, LogProbabilities: true}, sums, 0, 1},
		"a squared error of two numbers": {loss.MSE{}, sums, 0, 1},
	} {
		r, all, recorded := &Recording{}, &replays{}, 1.0
		for k := range 3 {
			r.Steps = append(r.Steps, Step{Number: k + 1, Loss: &recorded})
			all.steps = append(all.steps, replayed{claim: &claim{loss: c.loss, outputs: []dataset.Array{c.outputs}}, value: c.value})
		}
		f := probabilities(r, all)
		require.Equal(t, c.classes > 0, f != nil, what)
		if f != nil {
			require.Equal(t, OtherLoss, f.Cause)
			require.Contains(t, f.Evidence, number(math.Log(1+float64(c.classes-1)/math.E)), what)
		}
	}
}

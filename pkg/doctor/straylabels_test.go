package doctor_test

import (
	"context"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/unstuck/pkg/dataset"
	"example.com/unstuck/pkg/doctor"
	"example.com/unstuck/pkg/loss"
	"example.com/unstuck/pkg/nn"
	"example.com/unstuck/pkg/optim"
	"example.com/unstuck/pkg/training"
)

// rings is a training on rows in classes by their distance from 0 that learns.
func rings(classes int, last nn.Activation, l loss.Loss) training.Training {
	const rows = 240
	rng := rand.New(rand.NewPCG(5, 6))
	d := dataset.Data{X: dataset.Array{Shape: []int{rows, 2}}, Y: dataset.Array{Shape: []int{rows, 1}}}
	for range rows {
		x, y := rng.NormFloat64(), rng.NormFloat64()
		class := min(float64(classes-1), math.Floor((x*x+y*y)/1.2))
		d.X.Values, d.Y.Values = append(d.X.Values, float32(x), float32(y)), append(d.Y.Values, float32(class))
	}
	units := classes
	if _, binary := l.(loss.BinaryCrossentropy); binary {
		units = 1
	}
	return training.Training{Model: nn.Sequential{nn.Dense{Units: 24, Activation: nn.ReLU{}}, nn.Dense{Units: units, Activation: last}},
		Data: d, Optimizer: optim.Adam(0.01), Loss: l, Epochs: 60, BatchSize: 16, Seed: 3}
}

// A few labels that are no class are mistakes in their rows, and not another task: the doctor names the rows, and it learns without
// them. What lies beyond the classes as often as a class does is a class without a unit.
func TestAFewLabelsAreNoClass(t *testing.T) {
	sparse, logits := loss.SparseCategoricalCrossentropy{}, loss.SparseCategoricalCrossentropy{FromLogits: true}
	for name, c := range map[string]struct {
		training training.Training
		stray    []float32
		want     string
	}{
		"beyond the classes":        {rings(3, nn.Softmax{}, sparse), []float32{10, 10, 10}, "take out the 3 rows with labels that are no class, or correct them: rows 6, 23, 40"},
		"one too many":              {rings(3, nil, logits), []float32{3}, "take out row 6 with labels that are no class, or correct it"},
		"negative":                  {rings(3, nn.Softmax{}, sparse), []float32{-1, -1}, "rows 6, 23"},
		"fractions":                 {rings(3, nn.Softmax{}, sparse), []float32{0.5, 1.5}, "rows 6, 23"},
		"of two classes":            {rings(2, nn.Sigmoid{}, loss.BinaryCrossentropy{}), []float32{9, -1, 2}, "rows 6, 23, 40"},
		"of two classes, in logits": {rings(2, nil, loss.BinaryCrossentropy{FromLogits: true}), []float32{9, 9}, "rows 6, 23"},
	} {
		t.Run(name, func(t *testing.T) {
			given := c.training
			for i, label := range c.stray {
				given.Data.Y.Values[17*i+5] = label
			}
			r, err := doctor.Examine(context.Background(), given, doctor.Options{})
			require.NoError(t, err)
			require.Equal(t, doctor.LossOutputMismatch, r.Cause, r.Verdict())
			require.True(t, r.Findings[0].Verified)
			require.Contains(t, r.Findings[0].Treatment.Text, c.want)
			require.Contains(t, r.Findings[0].Treatment.Keras, "keep = np.delete(np.arange(len(x)), [5")
			require.Equal(t, given.Data.Rows()-len(c.stray), r.Treated.Training.Data.Rows())
			require.Greater(t, r.ExplainedAfter(), 0.6)
		})
	}
	t.Run("a class without a unit", func(t *testing.T) {
		c := rings(3, nn.Softmax{}, sparse)
		c.Model = nn.Sequential{nn.Dense{Units: 24, Activation: nn.ReLU{}}, nn.Dense{Units: 2, Activation: nn.Softmax{}}}
		r, err := doctor.Examine(context.Background(), c, doctor.Options{})
		require.NoError(t, err)
		require.Equal(t, doctor.LossOutputMismatch, r.Cause, r.Verdict())
		require.Contains(t, r.Findings[0].Treatment.Text, "3 units")
	})
	t.Run("in validation rows of their own", func(t *testing.T) {
		c := rings(3, nn.Softmax{}, sparse)
		c.Validation, c.Data = c.Data.Range(200, 240), c.Data.Range(0, 200)
		c.Data.Y.Values[5], c.Validation.Y.Values[7] = 4, 4
		r, err := doctor.Examine(context.Background(), c, doctor.Options{})
		require.NoError(t, err)
		require.True(t, r.Findings[0].Verified, r.Verdict())
		require.Equal(t, 39, r.Treated.Training.Validation.Rows())
	})
}

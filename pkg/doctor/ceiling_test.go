package doctor

import (
	"context"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/unstuck/pkg/dataset"
	"example.com/unstuck/pkg/loss"
	"example.com/unstuck/pkg/nn"
	"example.com/unstuck/pkg/training"
)

// estimated is the ceiling of targets that are drawn for a number of deviation 1, which a row's features give.
func estimated(t *testing.T, l loss.Loss, target func(rng *rand.Rand, mean float64) float32) Ceiling {
	t.Helper()
	rng := rand.New(rand.NewPCG(8, 8))
	const rows = 1500
	d := dataset.Data{X: dataset.Array{Shape: []int{rows, 3}}, Y: dataset.Array{Shape: []int{rows, 1}}}
	for range rows {
		x := rng.NormFloat64()
		d.X.Values = append(d.X.Values, float32(x), float32(rng.NormFloat64()), float32(rng.NormFloat64()))
		d.Y.Values = append(d.Y.Values, target(rng, x))
	}
	c := training.Training{Model: nn.Sequential{nn.Dense{Units: 2}}, Data: d, Loss: l}
	look := lookAt(c)
	table := newTable(c, look, "")
	_, heard, err := signalOf(context.Background(), table)
	require.NoError(t, err)
	return askCeiling(c, look, "", table, heard).ceiling
}

// What is estimated is what the distribution allows, which is known here.
func TestCeilingIsThatOfTheDistribution(t *testing.T) {
	sigmoid := func(v float64) float64 { return 1 / (1 + math.Exp(-v)) }
	coin := func(slope float64) func(*rand.Rand, float64) float32 {
		return func(rng *rand.Rand, mean float64) float32 {
			if rng.Float64() < sigmoid(slope*mean) {
				return 1
			}
			return 0
		}
	}
	noise := func(deviation float64) func(*rand.Rand, float64) float32 {
		return func(rng *rand.Rand, mean float64) float32 { return float32(mean + deviation*rng.NormFloat64()) }
	}
	entropy := func(slope float64) float64 { // of the labels over that of the fair coin, over x ~ N(0, 1)
		sum, weight := 0.0, 0.0
		for x := -6.0; x <= 6; x += 0.01 {
			p, w := sigmoid(slope*x), math.Exp(-x*x/2)
			sum -= w * (p*math.Log(p) + (1-p)*math.Log(1-p))
			weight += w
		}
		return sum / weight / math.Ln2
	}
	for name, f := range map[string]struct {
		loss   loss.Loss
		target func(*rand.Rand, float64) float32
		want   float64
	}{
		"half the variance":      {loss.MSE{}, noise(1), 0.5},
		"a fifth":                {loss.MSE{}, noise(2), 0.2},
		"all of it":              {loss.MSE{}, noise(0), 1},
		"absolute":               {loss.MAE{}, noise(1), 1 - 1/math.Sqrt2},
		"nothing":                {loss.MSE{}, func(rng *rand.Rand, _ float64) float32 { return float32(rng.NormFloat64()) }, 0},
		"labels":                 {loss.BinaryCrossentropy{}, coin(2), 1 - entropy(2)},
		"labels, logits":         {loss.BinaryCrossentropy{FromLogits: true}, coin(2), 1 - entropy(2)},
		"classes":                {loss.SparseCategoricalCrossentropy{}, coin(2), 1 - entropy(2)},
		"logarithms of classes":  {loss.SparseCategoricalCrossentropy{LogProbabilities: true}, coin(2), 1 - entropy(2)},
		"labels as numbers":      {loss.Summed{Of: loss.MSE{}}, func(rng *rand.Rand, mean float64) float32 { return float32(mean) * 3 }, 1},
		"labels that say little": {loss.BinaryCrossentropy{}, coin(0.7), 1 - entropy(0.7)},
	} {
		c := estimated(t, f.loss, f.target)
		require.True(t, c.Known(), "%s: %s", name, c)
		require.InDelta(t, f.want, c.Explained, 0.02+2.5*c.Deviation, "%s: %s", name, c)
		require.Less(t, c.Deviation, 0.06, name)
	}
}

// Where judges can't see, they say so.
func TestCeilingThatIsNotKnown(t *testing.T) {
	small := func(*rand.Rand, float64) float32 { return 3 }
	require.False(t, estimated(t, loss.BinaryCrossentropy{}, small).Known(), "targets outside of 0 to 1")
	require.False(t, estimated(t, loss.Hinge{}, small).Known())
	require.Equal(t, 1.0, estimated(t, loss.Hinge{}, small).reach(), "limits stay what they are of perfect data")
	require.Contains(t, estimated(t, loss.Hinge{}, small).String(), "isn't known: the reference models don't have the loss hinge")

	least := Ceiling{Explained: 0.3, Deviation: 0.03, Judge: byTrees, Loss: "mse", AtLeast: true, Rows: 2000, Of: 60000}
	require.InDelta(t, 0.33/0.75, least.reach(), 1e-9, "of what may be too low all must be reached")
	require.Equal(t, "At least 0.30 ± 0.03 of the variance can be explained on unseen rows: boosted trees, on 2000 of 60000 randomly drawn rows.", least.String())
}

// No ceiling lies below what was done.
func TestCeilingIsRaised(t *testing.T) {
	c := Ceiling{Explained: 0.3, Judge: byRidge}
	require.Equal(t, 0.5, c.raised(0.5, "the training itself").Explained)
	require.Equal(t, c, c.raised(0.2, "the training itself"))
	require.Equal(t, c, c.raised(math.NaN(), "the training itself"))
}

func TestPooledFeatures(t *testing.T) {
	c := training.Training{Model: nn.Sequential{nn.Flatten{}, nn.Dense{Units: 1}}, Data: dataset.Data{X: dataset.Array{Shape: []int{1, 2, 2, 2}, Values: []float32{1, 10, 3, 10, 1, 10, 3, 10}}}}
	_, columns := pooledReader(c, 0)
	require.Zero(t, columns, "pooled, that is half of what there is")
	c.Data.X = dataset.Array{Shape: []int{1, 8, 1}, Values: []float32{1, 3, 1, 3, 1, 3, 1, 3}}
	read, columns := pooledReader(c, 0)
	require.Equal(t, 2, columns)
	require.Equal(t, []float64{2, 1}, read(0))
}

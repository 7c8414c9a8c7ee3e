package doctor

import (
	"context"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/unstuck/pkg/dataset"
	"example.com/unstuck/pkg/loss"
	"example.com/unstuck/pkg/nn"
	"example.com/unstuck/pkg/optim"
	"example.com/unstuck/pkg/training"
)

// drawnShares are those of so many rows whose classes are drawn by these weights.
func drawnShares(rng *rand.Rand, rows int, chances []float64) shares {
	all := 0.0
	for _, p := range chances {
		all += p
	}
	c := shares{rows: make([]float64, len(chances)), all: float64(rows), weight: float64(rows)}
	for range rows {
		at, k := rng.Float64()*all, 0
		for k < len(chances)-1 && at >= chances[k] {
			at -= chances[k]
			k++
		}
		c.rows[k]++
	}
	c.weights = slices.Clone(c.rows)
	return c
}

// Equal classes aren't rare, however many there are and whatever chance makes of them; one with a tenth of the others' rows is, where
// there are enough rows to tell.
func TestRareIsRelativeToTheNumberOfClasses(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	for k := 2; k <= 100; k++ {
		equal := slices.Repeat([]float64{1}, k)
		for _, rows := range []int{5 * k, 20 * k, 200 * k} {
			for range 3 {
				c := drawnShares(rng, rows, equal)
				require.False(t, c.rare(c.rarest()), "%d equal classes, %d rows: %v", k, rows, c.rows)
			}
		}
		if k > 2 { // of two it has about a tenth of all: at the limit
			short := slices.Clone(equal)
			short[k/2] = 0.1
			c := drawnShares(rng, 100*k, short)
			require.Equal(t, k/2, c.rarest(), "%d classes", k)
			require.True(t, c.rare(k/2), "one of %d classes with a tenth of the others' rows: %v", k, c.rows)
		}
		lopsided := slices.Clone(equal)
		lopsided[0] = 19 * float64(k)
		c := drawnShares(rng, 1000*k, lopsided)
		require.True(t, c.rare(c.rarest()), "one of %d classes has 95%% of the rows: %v", k, c.rows)
	}
}

// A run that is stuck for another reason tells hardly any class, and the rarest of equal ones isn't to blame.
func TestEqualClassesAreNoImbalance(t *testing.T) {
	for _, k := range []int{10, 30} {
		rng := rand.New(rand.NewPCG(3, uint64(k)))
		rows := 20 * k
		x := dataset.Array{Shape: []int{rows, k}, Values: make([]float32, rows*k)}
		y := dataset.Array{Shape: []int{rows, 1}, Values: make([]float32, rows)}
		for i := range rows {
			class := i % k
			if i < k { // some deviate, as those drawn do
				class = rng.IntN(k)
			}
			y.Values[i] = float32(class)
			for j := range k {
				x.Values[i*k+j] = float32(0.3 * rng.NormFloat64())
			}
			x.Values[i*k+class]++
		}
		c := training.Training{
			Model: nn.Sequential{nn.Dense{Units: 16, Activation: nn.ReLU{}}, nn.Dense{Units: k, Activation: nn.Softmax{}}},
			Loss:  loss.SparseCategoricalCrossentropy{}, Optimizer: optim.Adam(1e-8), Data: dataset.Data{X: x, Y: y}, Epochs: 10, BatchSize: 32, Seed: 1,
		}
		r, err := Examine(context.Background(), c, Options{})
		require.NoError(t, err)
		require.NotEqual(t, ClassImbalance, r.Cause, r.Verdict())
		for _, s := range r.Symptoms {
			require.NotEqual(t, ClassImbalance, s.Cause, "%d classes: %s", k, s.Text)
		}
	}
}

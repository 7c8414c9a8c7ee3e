package loop

import (
	"math/rand"
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/unstuck/pkg/dataset"
)

// A loss of the user's that moves outputs away from their targets is another one than was meant; one that is a distance isn't.
func TestALossThatMovesOutputsAway(t *testing.T) {
	random := rand.New(rand.NewSource(1))
	recorded := func(shift float32, classes bool, gradient func(apart, mean float32) float32) (*Recording, *replays) {
		r, value := &Recording{}, 1.0
		for k := range 6 {
			var o, y, g []float32
			mean := float32(0)
			for range 16 {
				o, y = append(o, float32(random.NormFloat64())+shift), append(y, float32(random.NormFloat64()))
				if classes {
					y[len(y)-1] = float32(random.Intn(2))
				}
				mean += (o[len(o)-1] - y[len(y)-1]) / 16
			}
			for i := range o {
				g = append(g, gradient(o[i]-y[i], mean))
			}
			array := func(v []float32) dataset.Array { return dataset.Array{Shape: []int{16, 1}, Values: v} }
			r.Steps = append(r.Steps, Step{Number: k + 1, Claimed: &value, Forwards: 1, values: map[string]dataset.Array{"out": array(o), "y": array(y), "cotangent": array(g)}})
		}
		return r, &replays{steps: make([]replayed, 6)}
	}
	squared := func(apart, _ float32) float32 { return 2 * apart }
	absolute := func(apart, _ float32) float32 {
		if apart < 0 {
			return -1
		}
		return 1
	}
	for name, c := range map[string]struct {
		shift    float32
		classes  bool
		gradient func(apart, mean float32) float32
		says     string // empty: nothing
	}{
		"squared error":            {0, false, squared, ""},
		"absolute error, far away": {50, false, absolute, ""},
		"within a margin":          {0, false, func(apart, _ float32) float32 { return max(apart-1, 0) + min(apart+1, 0) }, ""},
		"turned around":            {0, false, func(apart, _ float32) float32 { return -apart }, "goes uphill"},
		"the square of a mean":     {0, false, func(_, mean float32) float32 { return mean }, "below any bound"},
		"a difference":             {0, false, func(_, _ float32) float32 { return 1 }, "below any bound"},
		"scores of classes":        {0, true, func(_, mean float32) float32 { return mean }, ""},
	} {
		f := awayFromTargets(recorded(c.shift, c.classes, c.gradient))
		if c.says == "" {
			require.Nil(t, f, name)
			continue
		}
		require.NotNil(t, f, name)
		require.Equal(t, OtherLoss, f.Cause, name)
		require.Contains(t, f.Evidence, c.says, name)
	}
}

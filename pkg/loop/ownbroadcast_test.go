package loop

import (
	"math"
	"math/rand"
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/unstuck/pkg/dataset"
)

// A loss of the user's whose shapes stretch is told from the same loss of each output and its own target, and from shapes that fit.
func TestALossOfOnesOwnThatStretches(t *testing.T) {
	random := rand.New(rand.NewSource(2))
	softly := func(apart float64) float64 { return math.Tanh(apart) }
	squared := func(apart float64) float64 { return 2 * apart }
	recorded := func(by func(apart float64) float64, stretched bool, outputs, targets []int) (*Recording, *replays) {
		r, value := &Recording{}, 1.0
		n := targets[0]
		for k := range 4 {
			var o, y, g []float32
			for range n {
				o, y = append(o, float32(random.NormFloat64())), append(y, float32(random.NormFloat64()))
			}
			for i := range o {
				total := by(float64(o[i] - y[i]))
				for j := range y {
					if stretched {
						total += by(float64(o[i]-y[j])) / float64(n)
					}
				}
				if stretched {
					total -= by(float64(o[i] - y[i]))
				}
				g = append(g, float32(total/float64(n)))
			}
			r.Steps = append(r.Steps, Step{Number: k + 1, Claimed: &value, Forwards: 1, values: map[string]dataset.Array{
				"out": {Shape: outputs, Values: o}, "y": {Shape: targets, Values: y}, "cotangent": {Shape: outputs, Values: g},
			}})
		}
		return r, &replays{steps: make([]replayed, 4)}
	}
	for name, c := range map[string]struct {
		by               func(apart float64) float64
		stretched        bool
		outputs, targets []int
		want             bool
	}{
		"log-cosh, stretched":           {softly, true, []int{16, 1}, []int{16}, true},
		"squares, stretched":            {squared, true, []int{16, 1}, []int{16}, true},
		"squares, the other way round":  {squared, true, []int{16}, []int{16, 1}, true},
		"log-cosh, each with its own":   {softly, false, []int{16, 1}, []int{16}, false},
		"shapes that fit":               {softly, true, []int{16, 1}, []int{16, 1}, false},
		"too few rows to tell anything": {softly, true, []int{4, 1}, []int{4}, false},
	} {
		f := stretchedOwnLoss(recorded(c.by, c.stretched, c.outputs, c.targets))
		require.Equal(t, c.want, f != nil, name)
		if f != nil {
			require.Equal(t, Broadcast, f.Cause, name)
		}
	}
}

package loop

import (
	"fmt"
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/unstuck/pkg/backend"
	"example.com/unstuck/pkg/dataset"
)

// Of a loss of the user's the recorded gradient at the outputs is held against that of the function that was claimed: turned around, lower with another
// direction, or of each row against every other it is another loss; with something added it is none, and what goes well aside is undecided.
func TestClaimsOfOnesOwn(t *testing.T) {
	b, err := backend.Default()
	require.NoError(t, err)
	type changed struct {
		loss   float64                        // times the claimed one
		by     func(i int, g float32) float32 // the gradient at an output
		across bool                           // an operation stretches rows
	}
	judged := func(c changed) (cause Cause, undecided bool) {
		r, err := Read(unpacked(t, string(Correct)))
		require.NoError(t, err)
		r.Loss, r.Losses = nil, nil
		all := &replays{steps: make([]replayed, len(r.Steps)), backend: b.Backend}
		for k := range r.Steps {
			s := &r.Steps[k]
			claimed := *s.Loss
			loss := c.loss * claimed
			if c.loss != 1 {
				loss *= 1 + 0.02*float64(k) // no factor
			}
			s.Claimed, s.Loss, s.Reached = &claimed, &loss, []int{0}
			for i, out := range s.named("out") {
				claim, seen := make([]float32, len(out.Values)), make([]float32, len(out.Values))
				for j := range claim {
					claim[j] = float32(math.Sin(float64(3*j + k)))
					seen[j] = c.by(j, claim[j])
				}
				for name, v := range map[string][]float32{"claim": claim, "cotangent": seen} {
					s.values[fmt.Sprintf("%s/%d", name, i)] = dataset.Array{Shape: out.Shape, Values: v}
				}
			}
			if c.across {
				s.Stretched = &Stretched{From: []int{8, 1}, To: []int{8, 8}, Operation: "mul"}
			}
			all.steps[k].scale, all.steps[k].along = math.NaN(), math.NaN()
			r.replayLoss(s, &all.steps[k], b.Backend, func(string, ...any) {})
		}
		f, remark := lossDiffers(r, all)
		if f != nil {
			return f.Cause, false
		}
		return Correct, remark != "" && r.aside(all)
	}
	as := func(_ int, g float32) float32 { return g }
	aside := func(by float32) func(int, float32) float32 {
		return func(i int, g float32) float32 { return g + by*float32(math.Cos(float64(7*i))) }
	}
	for name, c := range map[string]struct {
		changed
		cause     Cause
		undecided bool
	}{
		"as claimed":                 {changed{1, as, false}, Correct, false},
		"a penalty on weights":       {changed{1.3, as, false}, Correct, false},
		"turned around":              {changed{0.8, func(_ int, g float32) float32 { return -g }, false}, OtherLoss, false},
		"lower, and another way":     {changed{0.3, aside(0.5), false}, OtherLoss, false},
		"lower, and nearly its way":  {changed{0.95, aside(0.05), false}, Correct, false},
		"higher, and somewhat aside": {changed{1.5, aside(0.7), false}, Correct, true},
		"rows against each other":    {changed{1.5, aside(0.7), true}, Broadcast, false},
		"meant to be":                {changed{1, as, true}, Correct, false},
		"meant to be, and a penalty": {changed{1.3, as, true}, Correct, false},
	} {
		cause, undecided := judged(c.changed)
		require.Equal(t, c.cause, cause, name)
		require.Equal(t, c.undecided, undecided, name)
	}
}

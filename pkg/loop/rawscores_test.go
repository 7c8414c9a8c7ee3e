package loop

import (
	"math"
	"testing"

	"github.com/gomlx/compute"
	"github.com/stretchr/testify/require"

	"example.com/unstuck/pkg/backend/backendtest"
	"example.com/unstuck/pkg/dataset"
	"example.com/unstuck/pkg/loss"
)

// scored are steps of outputs and classes whose recorded loss is that of each.
func scored(t *testing.T, b compute.Backend, of func(scores []float32, class int) float64) (*Recording, *replays) {
	t.Helper()
	r, all := &Recording{}, &replays{backend: b}
	for k := range 4 {
		o, y := dataset.Array{Shape: []int{5, 3}}, dataset.Array{Shape: []int{5, 1}}
		total := 0.0
		for i := range 5 {
			scores := []float32{float32(i) / 3, float32(k-i) / 2, 0.25 * float32(i*k)}
			class := (i + k) % 3
			o.Values, y.Values = append(o.Values, scores...), append(y.Values, float32(class))
			total += of(scores, class) / 5
		}
		c := claim{loss: loss.SparseCategoricalCrossentropy{FromLogits: true}, outputs: []dataset.Array{o}, targets: []dataset.Array{y}, shapes: [][]int{o.Shape}}
		v, _, err := c.value(b)
		require.NoError(t, err)
		r.Steps = append(r.Steps, Step{Number: k + 1, Loss: &total, Forwards: 1, Backwards: 1})
		all.steps = append(all.steps, replayed{claim: &c, claims: []claim{c}, value: v, scale: math.NaN(), along: math.NaN()})
	}
	return r, all
}

// A likelihood of raw scores, and one of probabilities, are told from the cross-entropy that is claimed, and from one with a penalty.
func TestLikelihoodsOfWhatIsNoLogarithm(t *testing.T) {
	probability := func(scores []float32, class int) float64 {
		total := 0.0
		for _, s := range scores {
			total += math.Exp(float64(s))
		}
		return math.Exp(float64(scores[class])) / total
	}
	for what, c := range map[string]struct {
		of  func(scores []float32, class int) float64
		way string
	}{
		"of scores":          {func(scores []float32, class int) float64 { return -float64(scores[class]) }, likelihoodOfScores},
		"of probabilities":   {func(scores []float32, class int) float64 { return -probability(scores, class) }, likelihoodOfProbabilities},
		"as it is claimed":   {func(scores []float32, class int) float64 { return -math.Log(probability(scores, class)) }, ""},
		"and a penalty of 1": {func(scores []float32, class int) float64 { return 1 - math.Log(probability(scores, class)) }, ""},
	} {
		backendtest.Each(t, func(t *testing.T, b compute.Backend) {
			r, all := scored(t, b, c.of)
			f, _ := lossDiffers(r, all)
			if c.way == "" {
				require.Nil(t, f, what)
				return
			}
			require.NotNil(t, f, what)
			require.Equal(t, OtherLoss, f.Cause)
			require.Equal(t, c.way, f.way)
			require.Contains(t, f.Torch, "log_softmax")
		})
	}
}

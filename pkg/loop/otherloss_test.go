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

// Of class numbers, another loss than the claimed cross-entropy is told by its value; with a penalty on top none is.
func TestOtherLossesOfClassNumbers(t *testing.T) {
	softplus := func(v float64) float64 { return math.Log1p(math.Exp(v)) }
	for text, of := range map[string]func(scores []float32, class int) float64{
		"the binary cross-entropy of each class's logit": func(scores []float32, class int) float64 {
			total := 0.0
			for _, s := range scores {
				total += softplus(float64(s)) / 3
			}
			return total - float64(scores[class])/3
		},
		"the mean squared error of outputs and one-hot targets": func(scores []float32, class int) float64 {
			total := 0.0
			for k, s := range scores {
				if k == class {
					s--
				}
				total += float64(s*s) / 3
			}
			return total
		},
		"the margin loss over classes": func(scores []float32, class int) float64 {
			total := 0.0
			for k, s := range scores {
				if k != class {
					total += max(0, 1-float64(scores[class])+float64(s)) / 3
				}
			}
			return total
		},
	} {
		backendtest.Each(t, func(t *testing.T, b compute.Backend) {
			r, all := scored(t, b, of)
			f, _ := lossDiffers(r, all)
			require.NotNil(t, f, text)
			require.Equal(t, OtherLoss, f.Cause, text)
			require.Equal(t, text, f.way)

			r, all = scored(t, b, func(scores []float32, class int) float64 { return of(scores, class) + 0.125 })
			f, _ = lossDiffers(r, all)
			require.Nil(t, f, "%s, and something added", text)
		})
	}
}

// A cross-entropy over classes of rows that belong to several is none of each class; and the other way round.
func TestCrossEntropyOfWhatIsNoClass(t *testing.T) {
	backendtest.Each(t, func(t *testing.T, b compute.Backend) {
		for text, losses := range map[string][2]loss.Loss{
			"the cross-entropy over classes, of rows that belong to one class each": {loss.BinaryCrossentropy{FromLogits: true}, loss.CategoricalCrossentropy{FromLogits: true}},
			"the Poisson loss of logarithms of rates":                               {loss.MSE{}, loss.PoissonNLLLoss{}},
			"the logarithm of the hyperbolic cosine":                                {loss.MAE{}, loss.LogCosh{}},
			"the binary cross-entropy of logits":                                    {loss.CategoricalCrossentropy{FromLogits: true}, loss.BinaryCrossentropy{FromLogits: true}},
		} {
			r, all := &Recording{}, &replays{backend: b}
			for k := range 4 {
				o, y := dataset.Array{Shape: []int{5, 3}}, dataset.Array{Shape: []int{5, 3}}
				for i := range 15 {
					o.Values = append(o.Values, float32(math.Sin(float64(i*(k+2)))))
					y.Values = append(y.Values, float32((i*i+k)%4%2))
				}
				c := claim{loss: losses[0], outputs: []dataset.Array{o}, targets: []dataset.Array{y}, shapes: [][]int{o.Shape}}
				claimed, _, err := c.value(b)
				require.NoError(t, err)
				recorded, _, err := valueOf(b, losses[1], c.outputs, c.targets)
				require.NoError(t, err)
				r.Steps = append(r.Steps, Step{Number: k + 1, Loss: &recorded, Forwards: 1, Backwards: 1})
				all.steps = append(all.steps, replayed{claim: &c, claims: []claim{c}, value: claimed, scale: math.NaN(), along: math.NaN()})
			}
			f, _ := lossDiffers(r, all)
			require.NotNil(t, f, text)
			require.Equal(t, OtherLoss, f.Cause, text)
			require.Equal(t, text, f.way)
		}
	})
}

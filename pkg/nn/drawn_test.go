package nn_test

import (
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/assert"

	"example.com/unstuck/pkg/nn"
)

// What a layer computes of its draws keeps the statistics that it promises.
func TestOfDraws(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	mask := func(rate float64) func() float32 {
		return func() float32 {
			if random.Float64() < rate {
				return 0
			}
			return 1
		}
	}
	normal := func() float32 { return float32(random.NormFloat64()) }
	for name, c := range map[string]struct {
		layer          nn.Drawing
		draw           func() float32
		mean, variance float64 // of the outputs, for inputs from the standard normal distribution
	}{
		"dropout": {nn.Dropout{Rate: 0.25}, mask(0.25), 0, 1 / 0.75},
		"alpha":   {nn.AlphaDropout{Rate: 0.25}, mask(0.25), 0, 1},
		"noise":   {nn.GaussianNoise{StdDev: 0.5}, normal, 0, 1.25},
	} {
		by := c.layer.OfDraws()
		const n = 200000
		sum, squares := 0.0, 0.0
		for range n {
			x, d := random.NormFloat64(), c.draw()
			if by.Factor != nil {
				x *= float64(by.Factor.At(d))
			}
			if by.Summand != nil {
				x += float64(by.Summand.At(d))
			}
			sum, squares = sum+x, squares+x*x
		}
		mean := sum / n
		assert.InDelta(t, c.mean, mean, 0.02, name)
		assert.InDelta(t, c.variance, squares/n-mean*mean, 0.03, name)
	}
}

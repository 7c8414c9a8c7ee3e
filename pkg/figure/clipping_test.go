package figure

import (
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
)

func init() {
	var g Clipping
	g.Limit = 1
	var sgd, clipped, adam []float64
	for k := range 200 {
		v := 0.6 * math.Exp(0.6*math.Sin(float64(k)*1.7)+0.5*math.Sin(float64(k)*0.31)) * (1 + 25*math.Exp(-math.Pow(float64(k%70-35), 2)/6))
		g.Before = append(g.Before, v)
		g.After = append(g.After, math.Min(v, 1))
		sgd, clipped, adam = append(sgd, 0.1*v), append(clipped, 0.1*math.Min(v, 1)), append(adam, 0.02*(1+0.2*math.Sin(float64(k))))
	}
	goldens["clipping"] = g
	goldens["stepsizes"] = StepSizes{Title: "Optimizer step sizes, with and without clipping at norm 1", Runs: []Sizes{{"SGD", sgd}, {"SGD, clipped", clipped}, {"Adam, clipped", adam}}}
	goldens["clipping-empty"] = Clipping{}
}

func TestClippingText(t *testing.T) {
	g := Clipping{Before: []float64{0.5, 4, math.Inf(1)}, After: []float64{0.5, 1, math.NaN()}, Limit: 1}
	assert.Equal(t, "Gradient norm before and after clipping\n  clipped in 1 of 2 steps; highest norm 4 before, 1 after, limit 1", g.Text())
	assert.Equal(t, "1 gradient not finite, the first at step 3.", g.frame().note)
	assert.Contains(t, Clipping{}.Text(), "nothing measured")
}

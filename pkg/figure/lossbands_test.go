package figure

import (
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
)

func init() {
	group := func(name string, base float64) Group {
		g := Group{Name: name}
		for seed := range 8 {
			s := 1 + 0.25*math.Sin(float64(seed)*2.3)
			g.Seeds = append(g.Seeds, decay(0.9*s, base*s, 4, 25))
		}
		return g
	}
	broken := group("SGD 1", 0.5)
	broken.Seeds[2][6] = math.NaN()
	broken.Seeds[5][9] = math.Inf(1)
	goldens["lossbands"] = LossBands{
		Title: "Three settings, eight seeds each", YLabel: "Mean squared error",
		Groups: []Group{group("Adam 1e-3", 0.09), group("SGD 0.1", 0.22), broken},
		Marks:  []Reference{{Value: 1.0 / 12, Label: "variance of the targets"}},
	}
	goldens["lossbands-log"] = LossBands{LogY: true, Spread: MinMax, Groups: []Group{group("Adam 1e-3", 0.01), group("SGD 0.1", 0.2)}}
}

func TestLossBandsSummarizeSeeds(t *testing.T) {
	g := Group{Seeds: [][]float64{{1, 2}, {3, math.NaN()}, {5}}}
	s := g.summary(StandardDeviation)
	assert.Equal(t, []float64{3, 2}, s.mean)
	assert.Equal(t, []float64{1, 2}, s.low, "3 - 2, and one value has no spread")
	assert.Equal(t, []float64{5, 2}, s.high)
	assert.Equal(t, 1, s.diverged)

	s = g.summary(MinMax)
	assert.Equal(t, []float64{1, 2}, s.low)
	assert.Equal(t, []float64{5, 2}, s.high)
}

func TestLossBandsTextCountsDivergedSeeds(t *testing.T) {
	text := LossBands{Groups: []Group{{Name: "a", Seeds: [][]float64{{1, 2}, {3, 4}, {5, math.Inf(1)}}}}}.Text()
	assert.Equal(t, "Loss by epoch\n  a: loss 3 ± 1.41 in epoch 2 (mean ± standard deviation of 3 seeds), 1 diverged", text)
}

func TestLossBandsWithoutValues(t *testing.T) {
	for _, l := range []LossBands{{}, {Groups: []Group{{}}}, {Groups: []Group{{Seeds: [][]float64{{math.NaN()}}}}}, {LogY: true, Groups: []Group{{Seeds: [][]float64{{-1}}}}}} {
		assert.NotEmpty(t, l.frame().empty)
		assert.NotEmpty(t, l.Text())
	}
}

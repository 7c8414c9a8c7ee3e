package figure

import (
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
)

func init() {
	var r RangeTest
	for i := range 120 {
		rate := math.Pow(10, -8+9*float64(i)/119)
		x := math.Log10(rate)
		loss := 0.09 + 0.33/(1+math.Exp(3.2*(x+3.4))) + math.Exp(6*(x-0.15))
		r.Rates = append(r.Rates, rate)
		r.Smoothed = append(r.Smoothed, loss)
		r.Losses = append(r.Losses, loss*(1+0.12*math.Sin(float64(i)*5)))
	}
	r.Losses[119] = math.Inf(1)
	r.Title = "Learning-rate range test: Adam on the article's model"
	r.YLabel = "Mean squared error"
	r.Suggestions = []Suggestion{{"steepest", 4.2e-4}, {"valley", 1.1e-3}, {"minimum/10", 4.5e-3}}
	goldens["rangetest"] = r
	goldens["rangetest-grid"] = RangeTest{
		Title: "A grid", Rates: []float64{1e-4, 1e-3, 1e-2, 1e-1}, Losses: []float64{1, 0.5, 0.3, 0.6}, Validation: []float64{0.9, 0.6, 0.7, 1.5},
		Suggestions: []Suggestion{{"valley", 2e-3}, {"off the grid", 1e-5}},
	}
	goldens["rangetest-empty"] = RangeTest{Rates: []float64{0, -1, math.NaN()}, Losses: []float64{1, 2, 3}}
}

func TestRangeTestCutsTheExplosion(t *testing.T) {
	f := RangeTest{Rates: []float64{1e-3, 1e-2, 1e-1, 1}, Losses: []float64{1, 0.5, 0.6, 1e6}}.frame()
	assert.Less(t, f.y.hi, 4.0)
	assert.Contains(t, f.note, "The loss goes on to 1e6; the axis is cut.")
}

func TestRangeTestText(t *testing.T) {
	text := RangeTest{Rates: []float64{1e-3, 1e-2, 1e-1}, Losses: []float64{math.NaN(), 0.5, 0.6}, Suggestions: []Suggestion{{"valley", 1e-2}}}.Text()
	assert.Equal(t, "Learning-rate range test\n  3 rates from 0.001 to 0.1; loss NaN at the start, lowest 0.5 at rate 0.01\n  valley: 0.01", text)
}

func TestRangeTestWithValidation(t *testing.T) {
	r := RangeTest{Rates: []float64{1e-3, 1e-2, 1e-1}, Losses: []float64{1, 0.5, 0.6}, Validation: []float64{1.2, 0.9, math.NaN()}}
	assert.Equal(t, "Learning-rate range test\n  3 rates from 0.001 to 0.1; loss 1 at the start, lowest 0.5 at rate 0.01\n"+
		"  validation loss 1.2 at the start, lowest 0.9 at rate 0.01", r.Text())
	f := r.frame()
	assert.GreaterOrEqual(t, f.y.hi, 1.2, "both are in the picture")
	assert.Equal(t, []string{"training", "validation"}, []string{f.key[0].label, f.key[1].label})
	for rate, want := range map[float64]float64{1e-3: 1, 1e-2: 0.5, 1e-1: 0.6, math.Sqrt(1e-5): 0.75} {
		height, on := f.flagged.at(rate)
		assert.True(t, on)
		assert.InDelta(t, want, height, 1e-9, "at %g", rate)
	}
	_, on := f.flagged.at(1e-4)
	assert.False(t, on, "what lies beyond the rates has no place on the curve")
}

func TestRangeTestLeavesOutSuggestionsItCannotPlace(t *testing.T) {
	r := RangeTest{Rates: []float64{1e-3, 1e-2}, Losses: []float64{1, 2}}
	for _, rate := range []float64{0, -1, math.NaN(), math.Inf(1)} {
		r.Suggestions = []Suggestion{{"x", rate}}
		f := r.frame()
		assert.Equal(t, 1e-3, f.x.lo)
		assert.Equal(t, 1e-2, f.x.hi)
	}
}

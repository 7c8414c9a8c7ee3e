package figure

import (
	"math"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// decay is a loss that falls from a to b with a little unrest.
func decay(a, b, tau float64, n int) []float64 {
	out := make([]float64, n)
	for i := range out {
		out[i] = b + (a-b)*math.Exp(-float64(i)/tau) + 0.01*b*math.Sin(float64(i)*3)
	}
	return out
}

func init() {
	nan := math.NaN()
	goldens["losscurves"] = LossCurves{
		Title: "One model, three learning rates", Subtitle: "Adam, batch 32, seed 42", YLabel: "Mean squared error", LogY: true,
		Runs: []Run{
			{Name: "Adam 1e-7", Train: decay(0.42, 0.419, 5, 10)},
			{Name: "Adam 1e-3", Train: decay(0.3, 0.084, 2, 10), Validation: decay(0.25, 0.091, 2, 10)},
			{Name: "Adam 10", Train: decay(52, 17, 2, 10), Validation: decay(40, 18, 3, 10)},
		},
		Marks: []Reference{{Value: 1.0 / 12, Label: "variance of the targets"}},
	}
	goldens["losscurves-diverged"] = LossCurves{
		YLabel: "Mean squared error",
		Runs: []Run{
			{Name: "SGD 0.01", Train: decay(0.9, 0.3, 20, 60), Validation: decay(0.95, 0.42, 10, 60)},
			{Name: "SGD 3", Train: []float64{0.8, 1.1, 1.9, 3.8, nan, nan}},
			{Name: "SGD 1e9", Train: []float64{nan, math.Inf(1)}},
		},
	}
	goldens["losscurves-point"] = LossCurves{LogY: true, Runs: []Run{
		{Name: "one epoch", Train: []float64{0.3}, Validation: []float64{0.2}},
		{Name: "zero loss", Train: []float64{0, -1}},
	}}
	goldens["losscurves-empty"] = LossCurves{}
	many := LossCurves{Title: "Twelve curves that end in one place"}
	for i := range 12 {
		many.Runs = append(many.Runs, Run{Name: "seed " + string(rune('a'+i)), Train: decay(1+0.1*float64(i), 0.3+0.002*float64(i), 4, 30)})
	}
	goldens["losscurves-many"] = many
}

func TestLossCurvesSayWhyTheyAreEmpty(t *testing.T) {
	for want, fig := range map[string]LossCurves{
		"no epoch has ended yet":                 {Runs: []Run{{Name: "a"}}},
		"every value is NaN or infinite":         {Runs: []Run{{Train: []float64{math.NaN()}}}},
		"≤ 0, which a log axis cannot show":      {LogY: true, Runs: []Run{{Train: []float64{0, -1}}}},
		"NaN or infinite from epoch 1 on":        {LogY: true, Runs: []Run{{Train: []float64{math.Inf(-1)}}}},
		"no loss to show: no epoch":              {},
		"every value is NaN or infinite from ep": {Runs: []Run{{Validation: []float64{math.Inf(1)}}}},
	} {
		assert.Contains(t, fig.frame().empty, want)
	}
}

func TestLossCurvesSplitWhereValuesCannotBeShown(t *testing.T) {
	c := newCurve(countFrom1(7), []float64{1, 2, math.NaN(), 3, 0, 4, 5}, true, ink)
	require.Len(t, c.segments, 3)
	assert.Len(t, c.segments[1], 1, "a lone point stays, as a dot")
	assert.Equal(t, 1, c.hidden)
	assert.Equal(t, []int{2}, c.bad)
	assert.Equal(t, 6.0, c.segments[2][0].X, "epochs keep their numbers")
}

func TestLossCurvesTextStatesTheNumbers(t *testing.T) {
	text := LossCurves{
		Title: "T",
		Runs: []Run{
			{Name: "good", Train: []float64{0.5, 0.2, 0.3}, Validation: []float64{0.6, 0.4, 0.35}},
			{Name: "bad", Train: []float64{0.5, math.Inf(1)}},
			{},
		},
		Marks: []Reference{{Value: 1.0 / 12, Label: "variance of the targets"}},
	}.Text()
	assert.Equal(t, strings.Join([]string{
		"T",
		"  good: loss 0.5 → 0.3 in 3 epochs, lowest 0.2 at epoch 2; validation 0.6 → 0.35 in 3 epochs",
		"  bad: loss 0.5 → Inf in 2 epochs, diverged at epoch 2",
		"  run 3: no epoch",
		"  variance of the targets: 0.0833",
	}, "\n"), text)
}

func TestLossCurvesIgnoreReferencesTheAxisCannotShow(t *testing.T) {
	for _, v := range []float64{math.NaN(), math.Inf(1), 0, -1} {
		f := LossCurves{LogY: true, Runs: []Run{{Train: []float64{1, 2}}}, Marks: []Reference{{Value: v}}}.frame()
		assert.Positive(t, f.y.lo, "%v", v)
		assert.False(t, math.IsInf(f.y.hi, 0))
	}
}

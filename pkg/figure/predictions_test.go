package figure

import (
	"bytes"
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func init() {
	p := Predictions{Name: "progression"}
	for i := range 900 {
		x := 25 + 321*float64(i)/899
		p.Targets = append(p.Targets, x)
		p.Values = append(p.Values, 90+0.5*x+40*math.Sin(float64(i)*1.7))
	}
	p.Values[3] = math.NaN()
	goldens["predictions"] = p
	goldens["predictions-mean"] = Predictions{Targets: []float64{-1, 0, 1, 2, 5}, Values: []float64{1.4, 1.4, 1.4, 1.4, 1.4}}
	goldens["predictions-empty"] = Predictions{Targets: []float64{1}, Values: []float64{math.Inf(1)}}
}

func TestR2(t *testing.T) {
	assert.InDelta(t, 1, Predictions{Targets: []float64{1, 2, 4}, Values: []float64{1, 2, 4}}.R2(), 1e-15)
	assert.InDelta(t, 0, Predictions{Targets: []float64{1, 2, 3}, Values: []float64{2, 2, 2}}.R2(), 1e-15)
	assert.InDelta(t, -3, Predictions{Targets: []float64{1, 2, 3}, Values: []float64{3, 2, 1}}.R2(), 1e-15)
	assert.True(t, math.IsNaN(Predictions{Targets: []float64{2, 2}, Values: []float64{1, 3}}.R2()))
	assert.True(t, math.IsNaN(Predictions{}.R2()))
	assert.InDelta(t, 1, Predictions{Targets: []float64{1, 2, 7}, Values: []float64{1, 2, math.NaN()}}.R2(), 1e-15, "rows that aren't finite are left out")
}

func TestPredictionsHaveOneScale(t *testing.T) {
	f := Predictions{Targets: []float64{25, 346}, Values: []float64{0.99, 1}}.frame()
	assert.Equal(t, []float64{f.x.lo, f.x.hi}, []float64{f.y.lo, f.y.hi})
	assert.Less(t, f.y.lo, 0.99)
	assert.Greater(t, f.y.hi, 346.0)
	assert.GreaterOrEqual(t, len(f.x.ticker(0).Ticks(f.x.lo, f.x.hi)), 3)
}

func TestPredictionsStaySmall(t *testing.T) {
	var out bytes.Buffer
	p := Predictions{Targets: countFrom1(100_000), Values: countFrom1(100_000)}
	require.NoError(t, Render(&out, p, SVG))
	assert.Less(t, out.Len(), 150_000)
	assert.Contains(t, p.frame().note, "of 100000 rows are drawn.")
}

package figure

import (
	"bytes"
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func init() {
	s := Scatter{Title: "Predictions over the targets", XLabel: "Target", YLabel: "Prediction", Diagonal: true}
	for i := range 900 {
		x := 25 + 321*float64(i)/899
		s.X = append(s.X, x)
		s.Y = append(s.Y, 90+0.5*x+40*math.Sin(float64(i)*1.7))
	}
	s.Y[3] = math.NaN()
	goldens["scatter"] = s
	goldens["scatter-log"] = Scatter{
		Title: "Standard deviation of each feature", XLabel: "Feature", YLabel: "Standard deviation", Counts: true, LogY: true,
		X: []float64{1, 2, 3, 4}, Y: []float64{0.5, 35, 0, 12}, Marks: []Reference{{Value: 1, Label: "standardized"}},
	}
	goldens["scatter-empty"] = Scatter{X: []float64{1}, Y: []float64{math.Inf(1)}}
}

func TestScatterGivesBothAxesOneRange(t *testing.T) {
	f := Scatter{X: []float64{25, 346}, Y: []float64{0.99, 1}, Diagonal: true}.frame()
	assert.Equal(t, f.x.lo, f.y.lo)
	assert.Equal(t, f.x.hi, f.y.hi)
	assert.Less(t, f.y.lo, 0.99)
	assert.Greater(t, f.y.hi, 346.0)
}

func TestScatterCountsWhatItLeavesOut(t *testing.T) {
	s := Scatter{X: []float64{1, 2, 3, 4}, Y: []float64{1, 0, math.NaN(), 2}, LogY: true}
	assert.Equal(t, "1 pair not finite. 1 value ≤ 0 cannot be shown on a log axis.", s.frame().note)
	assert.Equal(t, "y over x\n  2 pairs; x from 1 to 4, y from 1 to 2, 1 pair not finite, 1 value ≤ 0", s.Text())
}

func TestScatterStaysSmall(t *testing.T) {
	s := Scatter{X: countFrom1(100_000), Y: countFrom1(100_000)}
	var out bytes.Buffer
	require.NoError(t, Render(&out, s, SVG))
	assert.Less(t, out.Len(), 150_000)
	assert.Contains(t, s.frame().note, "of 100000 pairs are drawn.")
}

// A range narrower than the smallest normal number is that of one value: nothing may be divided by it.
func TestScatterOfDenormalNumbers(t *testing.T) {
	for _, s := range []Scatter{
		{X: []float64{math.SmallestNonzeroFloat64}, Y: []float64{0}, Diagonal: true, Marks: []Reference{{Value: 1e7}}},
		{X: []float64{0, math.SmallestNonzeroFloat64}, Y: []float64{math.SmallestNonzeroFloat64, 0}},
	} {
		var out bytes.Buffer
		require.NoError(t, Render(&out, s, SVG))
		require.Empty(t, badCoordinate.FindString(out.String()))
	}
}

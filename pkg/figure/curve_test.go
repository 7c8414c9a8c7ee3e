package figure

import (
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
)

// The cross stands where a curve broke off, not where it ended later.
func TestACurveKnowsWhereItBroke(t *testing.T) {
	nan := math.NaN()
	for _, c := range []struct {
		y    []float64
		at   float64
		some bool
	}{
		{[]float64{1, 2, 3}, 0, false},
		{[]float64{1, 2, nan}, 2, true},
		{[]float64{1, 2, nan, 4, math.Inf(1)}, 2, true},
		{[]float64{nan, 2, 3}, 0, false},
	} {
		at, ok := newCurve(countFrom1(len(c.y)), c.y, false, ink).beforeBad()
		assert.Equal(t, c.some, ok, "%v", c.y)
		assert.Equal(t, c.at, at.X, "%v", c.y)
	}
	at, ok := newCurve(countFrom1(4), []float64{5, 0, nan, 1}, true, ink).beforeBad()
	assert.True(t, ok, "a value that a log axis cannot show is another gap")
	assert.Equal(t, 1.0, at.X)
}

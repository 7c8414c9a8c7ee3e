package figure

import (
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
)

func init() {
	goldens["lines"] = Lines{
		Title: "Loss of each step", YLabel: "Mean squared error", LogY: true,
		Series: []Series{{Name: "free", Values: []float64{1, 8, 900, math.NaN()}}, {Name: "clipped", Values: []float64{1, 2, 0.5, 0.2}}},
		Marks:  []Reference{{Value: 1, Label: "always the mean"}},
	}
}

func init() {
	goldens["lines-gaps"] = Lines{
		Title: "Gradient", YLabel: "Recorded / replayed", Low: 0, High: 1.5, Gaps: true,
		Series: []Series{{Name: "recorded", Values: []float64{1, 1.001, math.NaN(), 1, math.NaN()}}, {Name: "replayed", Values: []float64{1, 1, 1, 1}, Dashed: true}},
	}
}

// What wasn't measured is no divergence, and rounding no change.
func TestLinesWithGaps(t *testing.T) {
	l := goldens["lines-gaps"].(Lines)
	f := l.frame()
	assert.Equal(t, "1", f.ends[0].detail)
	assert.LessOrEqual(t, f.y.lo, 0.0)
	assert.GreaterOrEqual(t, f.y.hi, 1.5)
	for _, m := range f.marks {
		_, is := m.(cross)
		assert.False(t, is)
	}
	assert.Contains(t, l.Text(), "recorded: measured at 3 of 5, from 1 to 1")
}

func TestLinesText(t *testing.T) {
	assert.Equal(t, "T\n  a: 3 at 1, 2 at 4, lowest 1 at 2, highest 5 at 3\n  line 2: no value",
		Lines{Title: "T", Series: []Series{{Name: "a", Values: []float64{3, 1, 5, 2}}, {}}}.Text())
	assert.Equal(t, "T\n  a: 3 at 1, NaN at 2, not finite from 2 on",
		Lines{Title: "T", Series: []Series{{Name: "a", Values: []float64{3, math.NaN()}}}}.Text())
}

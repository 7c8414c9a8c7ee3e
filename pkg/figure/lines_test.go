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

func TestLinesText(t *testing.T) {
	assert.Equal(t, "T\n  a: 3 at 1, 2 at 4, lowest 1 at 2, highest 5 at 3\n  line 2: no value",
		Lines{Title: "T", Series: []Series{{Name: "a", Values: []float64{3, 1, 5, 2}}, {}}}.Text())
	assert.Equal(t, "T\n  a: 3 at 1, NaN at 2, not finite from 2 on",
		Lines{Title: "T", Series: []Series{{Name: "a", Values: []float64{3, math.NaN()}}}}.Text())
}

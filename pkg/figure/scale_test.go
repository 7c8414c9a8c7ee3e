package figure

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestInkStandsOutFromEveryColour(t *testing.T) {
	for i := range 1001 {
		c := onScale(heatScale, float64(i)/1000)
		low, high := luminance(c), luminance(inkOn(c))
		if low > high {
			low, high = high, low
		}
		assert.GreaterOrEqual(t, (high+0.05)/(low+0.05), 4.5, "the contrast on %v", c)
	}
}

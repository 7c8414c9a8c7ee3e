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

// Words on every cell of a heatmap stand out, with some to spare, and no cell is darker than one of a lower loss.
func TestWordsOnCellsStandOut(t *testing.T) {
	h := heatCells{low: 0, high: 1}
	before := -1.0
	for i := range 1001 {
		fill := h.color(float64(i) / 1000)
		l := luminance(fill)
		light, dark := max(l, luminance(inkOn(fill))), min(l, luminance(inkOn(fill)))
		assert.GreaterOrEqual(t, (light+0.05)/(dark+0.05), 4.8, "%v", fill)
		assert.GreaterOrEqual(t, l, before-3e-3, "%v", fill) // a step of 8 bits
		before = l
	}
}

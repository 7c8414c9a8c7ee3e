package figure

import (
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
	"gonum.org/v1/plot/plotter"
)

func TestDecimateKeepsPeaksAndEnds(t *testing.T) {
	points := make(plotter.XYs, 100_000)
	for i := range points {
		points[i] = plotter.XY{X: float64(i), Y: math.Sin(float64(i) / 1000)}
	}
	points[77_777].Y = 50
	points[33_333].Y = -50
	got := decimate(points, maxPoints)
	assert.LessOrEqual(t, len(got), maxPoints)
	assert.Equal(t, points[0], got[0])
	assert.Equal(t, points[len(points)-1], got[len(got)-1])
	assert.Contains(t, got, points[77_777])
	assert.Contains(t, got, points[33_333])
	for i := 1; i < len(got); i++ {
		assert.Greater(t, got[i].X, got[i-1].X)
	}
	assert.Equal(t, points[:10], decimate(points[:10], maxPoints))
}

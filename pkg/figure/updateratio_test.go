package figure

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func init() {
	names, steps, ratios := layers(4e-3, 0.35, -1)
	goldens["updateratio"] = UpdateRatios{Layers: names, Steps: steps, Ratios: ratios}
}

func TestUpdateRatiosOfAllRunsShareOneAxis(t *testing.T) {
	tiny := UpdateRatios{Layers: []string{"dense"}, Steps: []int{0, 1}, Ratios: [][]float64{{1e-9, 2e-9}}}.frame()
	usual := UpdateRatios{Steps: []int{0, 1}, Ratios: [][]float64{{1e-3, 2e-3}}}.frame()
	assert.Equal(t, tiny.y.lo, usual.y.lo)
	assert.Equal(t, tiny.y.hi, usual.y.hi)
	assert.Less(t, usual.y.lo, HealthyRatioLow)
	assert.Greater(t, usual.y.hi, HealthyRatioHigh)
	assert.Equal(t, "dense: below the axis, down to 1e-9.", tiny.note)
	assert.Empty(t, usual.note)
}

func TestUpdateRatiosTakeAnotherAxis(t *testing.T) {
	u := UpdateRatios{Steps: []int{0}, Ratios: [][]float64{{1e-3}}, Low: 1e-5, High: 1e-1}
	assert.Equal(t, []float64{1e-5, 1e-1}, []float64{u.frame().y.lo, u.frame().y.hi})
	u.Low, u.High = 1000, -1
	assert.Equal(t, []float64{1e-7, 100}, []float64{u.frame().y.lo, u.frame().y.hi}, "no axis runs backwards")
}

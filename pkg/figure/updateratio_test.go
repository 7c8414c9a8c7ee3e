package figure

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func init() {
	names, steps, ratios := layers(4e-3, 0.35, -1)
	goldens["updateratio"] = UpdateRatios{Layers: names, Steps: steps, Ratios: ratios}
}

func TestUpdateRatiosAlwaysShowTheUsualRange(t *testing.T) {
	f := UpdateRatios{Steps: []int{0, 1}, Ratios: [][]float64{{1e-9, 2e-9}}}.lines().frame()
	assert.Less(t, f.y.lo, 1e-9)
	assert.Greater(t, f.y.hi, HealthyRatioHigh)
}

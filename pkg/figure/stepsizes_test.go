package figure

import (
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestStepSizesText(t *testing.T) {
	text := StepSizes{Runs: []Sizes{{"SGD", []float64{0.1, 0.3, math.NaN(), 0.2}}, {}}}.Text()
	assert.Equal(t, "Optimizer step sizes\n  SGD: median 0.2, from 0.1 to 0.3 over 4 steps\n  run 2: nothing measured", text)
}

func TestMedian(t *testing.T) {
	assert.Equal(t, 2.5, median([]float64{4, 1, 2, 3}))
	assert.Equal(t, 2.0, median([]float64{math.Inf(1), 2, math.NaN()}))
	assert.True(t, math.IsNaN(median(nil)))
}

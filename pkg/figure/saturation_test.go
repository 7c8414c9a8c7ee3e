package figure

import (
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
)

func init() {
	names, steps, dead := layers(0.02, 1.5, 1.3)
	_, _, saturated := layers(0.6, 0.8, 0.3)
	for i := range dead {
		for k := range dead[i] {
			dead[i][k] = math.Min(1, dead[i][k])
			saturated[i][k] = math.Min(1, saturated[i][k])
		}
	}
	goldens["saturation"] = Saturation{Title: "Units that have stopped learning", Layers: names, Steps: steps, Dead: dead, Saturated: saturated}
	goldens["saturation-half"] = Saturation{Layers: names, Steps: steps, Dead: dead}
}

func TestSaturationTextIsInPercent(t *testing.T) {
	text := Saturation{Layers: []string{"relu"}, Steps: []int{0, 1}, Dead: [][]float64{{0, 0.254}}}.Text()
	assert.Contains(t, text, "relu: dead 0% → 25.4%, from 0% to 25.4%")
	assert.NotContains(t, text, "Saturated units", "a side that was not measured is left out")
}

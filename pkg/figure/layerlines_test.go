package figure

import (
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestManyLayersAreExplainedByTheirColours(t *testing.T) {
	g := GradientNorms{Steps: []int{0, 1}}
	for range 30 {
		g.Norms = append(g.Norms, []float64{1, 2})
	}
	f := g.frame()
	assert.Empty(t, f.ends)
	assert.Equal(t, "input to output, 30 layers", f.key[0].label)
	g.Norms = g.Norms[:mostLayerNames]
	assert.Len(t, g.frame().ends, mostLayerNames)
}

func TestLayersThatRecoverAreNotCalledLost(t *testing.T) {
	g := GradientNorms{Layers: []string{"a", "b"}, Steps: []int{0, 5, 10}, Norms: [][]float64{{1, math.NaN(), 2}, {1, math.Inf(1), math.NaN()}}}
	assert.Equal(t, "a: not finite at step 5. b: not finite from step 5.", g.frame().note)
	assert.Contains(t, g.Text(), "a: gradient norm 1 → 2, from 1 to 2, not finite at step 5")
}

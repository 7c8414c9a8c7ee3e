package figure

import (
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
)

func init() {
	names, steps, norms := layers(0.5, 0.12, -1)
	goldens["gradnorm-vanishing"] = GradientNorms{Title: "Gradient norm by layer: five sigmoid layers", Layers: names, Steps: steps, Norms: norms}
	names, steps, norms = layers(2, 1.4, 9)
	for k := 50; k < 60; k++ {
		norms[0][k] = math.NaN()
	}
	goldens["gradnorm-exploding"] = GradientNorms{Layers: names, Steps: steps, Norms: norms}
	goldens["gradnorm-empty"] = GradientNorms{Layers: names, Steps: steps, Norms: [][]float64{{0, 0}}}
}

func TestGradientNormsText(t *testing.T) {
	text := GradientNorms{Layers: []string{"in"}, Steps: []int{0, 10, 20}, Norms: [][]float64{{1e-7, 0.5, math.Inf(1)}, {}}}.Text()
	assert.Equal(t, "Gradient norm by layer\n  in: gradient norm 1e-7 → Inf, from 1e-7 to 0.5, not finite from step 20\n  layer 2: nothing measured", text)
}

func TestGradientNormsDrawOnlyWhatHasAStep(t *testing.T) {
	f := GradientNorms{Steps: []int{0, 1}, Norms: [][]float64{{1, 2, 1e30}}}.lines().frame()
	assert.Less(t, f.y.hi, 10.0)
}

func TestGradientNormsNoteWhatALogAxisCannotShow(t *testing.T) {
	f := GradientNorms{Steps: []int{0, 1, 2}, Norms: [][]float64{{0, 2, math.NaN()}}}.lines().frame()
	assert.Equal(t, "layer 1: not finite from step 2. 1 value ≤ 0 cannot be shown on a log axis.", f.note)
}

package figure

import (
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
)

func init() {
	names, _, norms := layers(0.5, 0.12, -2)
	norms[2] = append([]float64{0}, norms[2]...)
	goldens["gradflow"] = GradientFlow{Subtitle: "Five sigmoid layers, 300 steps", Layers: names, Norms: norms}
	goldens["gradflow-empty"] = GradientFlow{Layers: names, Norms: [][]float64{{0}, {math.NaN()}}}
}

func TestGradientFlowNamesWhatItLeavesOut(t *testing.T) {
	f := GradientFlow{Layers: []string{"a", "b"}, Norms: [][]float64{{0, 0}, {1, math.NaN()}}}.frame()
	assert.Equal(t, "a: 2 values zero or not finite. b: 1 value zero or not finite.", f.note)
	assert.Empty(t, f.empty)
}

package figure

import (
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
)

func init() {
	names, steps, mean := layers(0.3, 0.8, 0.5)
	_, _, sd := layers(0.4, 0.7, -1)
	goldens["activations"] = Activations{Title: "Activations by layer: tanh", Layers: names, Steps: steps, Mean: mean, SD: sd}
	goldens["activations-one"] = Activations{Layers: names[:1], Steps: steps, Mean: mean[:1]}
	goldens["activations-empty"] = Activations{}
}

func TestActivationsShareOneAxis(t *testing.T) {
	g := Activations{Steps: []int{0, 1}, Mean: [][]float64{{0, 1}, {5, 6}}, SD: [][]float64{{1, 1}, {math.NaN(), -2}}}.grid()
	for _, p := range g.Panels {
		panel := p.(activationPanel)
		assert.Equal(t, -1.0, panel.shared.ymin)
		assert.Equal(t, 6.0, panel.shared.ymax, "a negative deviation is no band")
	}
}

func TestActivationsText(t *testing.T) {
	text := Activations{Layers: []string{"tanh"}, Steps: []int{0, 1}, Mean: [][]float64{{0.5, 0.25}}, SD: [][]float64{{0.1, 0.2}}}.Text()
	assert.Equal(t, "Activations by layer\n  tanh: 0.5 ± 0.1 → 0.25 ± 0.2", text)
}

package figure

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/assert"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// No name covers another, and no line runs through a name, wherever rules put
// their suggestions.
func TestPlantKeepsNamesAndLinesApart(t *testing.T) {
	style := textStyle(bodySize, ink)
	data := draw.Canvas{Rectangle: vg.Rectangle{Max: vg.Point{X: 380, Y: 200}}}
	toX := func(rate float64) vg.Length { return vg.Length((math.Log10(rate) + 8) / 9 * 380) }
	random := rand.New(rand.NewPCG(3, 4))
	for range 300 {
		var flags []signpost
		for _, name := range []string{"valley 1.1e-3", "steepest 8e-4", "minimum/10 0.0045", "longest slide 0.002", "suggested 0.0022"} {
			flags = append(flags, signpost{name: name, at: math.Pow(10, -8+9*random.Float64())})
		}
		placed, rows := plant(flags, style, data, toX)
		assert.Len(t, placed, 5)
		assert.LessOrEqual(t, rows, 5)
		for i, p := range placed {
			for j, q := range placed {
				assert.False(t, i != j && p.crosses(q), "%+v and %+v", p, q)
			}
		}
	}
}

func TestPlantPutsEqualPlacesBelowEachOther(t *testing.T) {
	data := draw.Canvas{Rectangle: vg.Rectangle{Max: vg.Point{X: 380, Y: 200}}}
	one := signpost{name: "valley", at: 1}
	placed, rows := plant([]signpost{one, one, one}, textStyle(bodySize, ink), data, func(float64) vg.Length { return 190 })
	assert.Len(t, placed, 3)
	assert.Equal(t, 2, rows, "one name left of the line and two right, or the other way round")
	none, _ := plant(nil, textStyle(bodySize, ink), data, nil)
	assert.Empty(t, none)
}

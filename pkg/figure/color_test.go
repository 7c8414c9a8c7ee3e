package figure

import (
	"bytes"
	"image/color"
	"image/png"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestAColorIsTheSameInEveryFigure: what is alone in a figure, and second by its colour, is drawn in the second colour, and nothing in the first.
func TestAColorIsTheSameInEveryFigure(t *testing.T) {
	values := []float64{3, 2, 1}
	for name, of := range map[string]func(Color) Figure{
		"LossCurves": func(c Color) Figure {
			return LossCurves{Runs: []Run{{Name: "a", Train: values, Validation: values, Color: c}}}
		},
		"LossBands": func(c Color) Figure {
			return LossBands{Groups: []Group{{Name: "a", Seeds: [][]float64{values}, Color: c}}}
		},
		"Lines": func(c Color) Figure { return Lines{Series: []Series{{Name: "a", Values: values, Color: c}}} },
	} {
		for c, want := range map[Color]color.RGBA{0: seriesColors[0], -1: seriesColors[0], 2: seriesColors[1], 8: seriesColors[0]} {
			drawn := colorsOf(t, of(c))
			assert.True(t, drawn[want], "%s with Color %d", name, c)
			for _, other := range seriesColors {
				assert.Equal(t, other == want, drawn[other], "%s with Color %d has %v", name, c, other)
			}
		}
	}
}

func colorsOf(t *testing.T, f Figure) map[color.RGBA]bool {
	t.Helper()
	var b bytes.Buffer
	require.NoError(t, Render(&b, f, PNG))
	img, err := png.Decode(&b)
	require.NoError(t, err)
	found := map[color.RGBA]bool{}
	for y := range img.Bounds().Dy() {
		for x := range img.Bounds().Dx() {
			r, g, b, a := img.At(x, y).RGBA()
			found[color.RGBA{R: uint8(r >> 8), G: uint8(g >> 8), B: uint8(b >> 8), A: uint8(a >> 8)}] = true
		}
	}
	return found
}

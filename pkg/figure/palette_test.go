package figure

import (
	"image"
	"image/color"
	"testing"

	"github.com/stretchr/testify/assert"
)

// Many greys must not push the colour of a few dots out of the palette.
func TestPaletteKeepsTheColourOfSmallDots(t *testing.T) {
	img := image.NewRGBA(image.Rect(0, 0, 300, 300))
	for y := range 300 {
		for x := range 300 {
			img.Set(x, y, color.RGBA{R: uint8(x), G: uint8(x), B: uint8((x + y) / 3), A: 0xFF})
		}
	}
	dot := seriesColors[1]
	for i := range 20 {
		img.Set(100+i, 100, dot)
	}
	got := withPalette(img)
	assert.Equal(t, dot, color.RGBAModel.Convert(got.At(105, 100)))
	assert.LessOrEqual(t, len(got.(*image.Paletted).Palette), 256)
}

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
	got := withPalette(img, 0)
	assert.Equal(t, dot, color.RGBAModel.Convert(got.At(105, 100)))
	assert.LessOrEqual(t, len(got.(*image.Paletted).Palette), 256)
}

func TestWordsKeepTheirGreysAmongHundredsOfColours(t *testing.T) {
	img := image.NewRGBA(image.Rect(0, 0, 100, 100))
	for i := range 100 * 100 {
		img.SetRGBA(i%100, i/100, color.RGBA{R: uint8(i % 256), G: uint8(i / 256), B: 200, A: 0xFF})
	}
	for x := range 30 {
		img.SetRGBA(x, 0, color.RGBA{R: uint8(60 + x), G: uint8(60 + x), B: uint8(62 + x), A: 0xFF})
	}
	got := withPalette(img, inkShades)
	for x := range 30 {
		assert.Equal(t, img.At(x, 0), got.At(x, 0))
	}
}

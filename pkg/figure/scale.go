package figure

import (
	"image/color"
	"math"
)

// viridis is a scale whose lightness rises evenly, so that it keeps its order
// for colour-blind readers and in grey print (Smith and van der Walt, 2015).
var viridis = []color.RGBA{
	{R: 0x44, G: 0x01, B: 0x54, A: 0xFF}, {R: 0x47, G: 0x2D, B: 0x7B, A: 0xFF}, {R: 0x3B, G: 0x52, B: 0x8B, A: 0xFF},
	{R: 0x2C, G: 0x72, B: 0x8E, A: 0xFF}, {R: 0x21, G: 0x91, B: 0x8C, A: 0xFF}, {R: 0x28, G: 0xAE, B: 0x80, A: 0xFF},
	{R: 0x5E, G: 0xC9, B: 0x62, A: 0xFF}, {R: 0xAD, G: 0xDC, B: 0x30, A: 0xFF}, {R: 0xFD, G: 0xE7, B: 0x25, A: 0xFF},
}

// onScale returns the colour at t, which is clamped to 0…1; NaN gives 0's.
func onScale(scale []color.RGBA, t float64) color.RGBA {
	if !(t > 0) {
		return scale[0]
	}
	if t >= 1 {
		return scale[len(scale)-1]
	}
	at, part := math.Modf(t * float64(len(scale)-1))
	a, b := scale[int(at)], scale[int(at)+1]
	mix := func(u, v uint8) uint8 { return uint8(float64(u) + part*(float64(v)-float64(u)) + 0.5) }
	return color.RGBA{R: mix(a.R, b.R), G: mix(a.G, b.G), B: mix(a.B, b.B), A: 0xFF}
}

// depthColor orders the layers of a model from the input (dark violet) to the
// output (green). The yellow end of the scale is too pale for a line.
func depthColor(layer, layers int) color.RGBA {
	if layers < 2 {
		return seriesColors[0]
	}
	return onScale(viridis, 0.80*float64(layer)/float64(layers-1))
}

// heatScale is paper for 0 and darkens to blue at 1: more ink for more.
var heatScale = []color.RGBA{
	{R: 0xFF, G: 0xFF, B: 0xFF, A: 0xFF}, {R: 0xD3, G: 0xE6, B: 0xF2, A: 0xFF}, {R: 0x8F, G: 0xC1, B: 0xDE, A: 0xFF},
	{R: 0x3F, G: 0x92, B: 0xC4, A: 0xFF}, {R: 0x00, G: 0x66, B: 0xA3, A: 0xFF}, {R: 0x06, G: 0x2F, B: 0x55, A: 0xFF},
}

// inkOn returns black or white, whichever stands out more from c: at the worst 4.58 to 1, where WCAG asks for 4.5. The
// softer ink of other text would come to 4 on the blues in between.
func inkOn(c color.RGBA) color.RGBA {
	if luminance(c) > math.Sqrt(1.05*0.05)-0.05 {
		return color.RGBA{A: 0xFF}
	}
	return background
}

// easilyRead is how far the luminance of a fill is from that on which black and white words are equally hard to read: there the contrast is 4.58, and
// the palette of a PNG takes some of it.
const easilyRead = 0.02

// forWords is a fill for words: the same, or a little lighter or darker.
func forWords(fill color.RGBA) color.RGBA {
	border := math.Sqrt(1.05*0.05) - 0.05
	l := luminance(fill)
	if math.Abs(l-border) >= easilyRead {
		return fill
	}
	toward, step := color.RGBA{A: 0xFF}, 1.0/1024
	if l > border {
		toward = color.RGBA{R: 0xFF, G: 0xFF, B: 0xFF, A: 0xFF}
	}
	for share := step; ; share += step {
		mix := func(a, b uint8) uint8 { return uint8(math.Round(float64(a)*(1-share) + float64(b)*share)) }
		c := color.RGBA{R: mix(fill.R, toward.R), G: mix(fill.G, toward.G), B: mix(fill.B, toward.B), A: fill.A}
		if math.Abs(luminance(c)-border) >= easilyRead {
			return c
		}
	}
}

// luminance is the relative luminance of WCAG, 0 to 1.
func luminance(c color.RGBA) float64 {
	linear := func(v uint8) float64 {
		s := float64(v) / 255
		if s <= 0.04045 {
			return s / 12.92
		}
		return math.Pow((s+0.055)/1.055, 2.4)
	}
	return 0.2126*linear(c.R) + 0.7152*linear(c.G) + 0.0722*linear(c.B)
}

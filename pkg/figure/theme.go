package figure

import (
	"image/color"

	xfont "golang.org/x/image/font"
	"gonum.org/v1/plot"
	"gonum.org/v1/plot/font"
	"gonum.org/v1/plot/text"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// The series colours are those of Okabe and Ito ("Color Universal Design",
// 2008) without yellow, which is too pale for a line on white, and ordered so
// that the first three also differ in lightness.
var seriesColors = []color.RGBA{
	{R: 0x00, G: 0x72, B: 0xB2, A: 0xFF}, // blue
	{R: 0xD5, G: 0x5E, B: 0x00, A: 0xFF}, // vermillion
	{R: 0x00, G: 0x9E, B: 0x73, A: 0xFF}, // bluish green
	{R: 0xCC, G: 0x79, B: 0xA7, A: 0xFF}, // reddish purple
	{R: 0xE6, G: 0x9F, B: 0x00, A: 0xFF}, // orange
	{R: 0x56, G: 0xB4, B: 0xE9, A: 0xFF}, // sky blue
	{R: 0x40, G: 0x40, B: 0x40, A: 0xFF}, // near black
}

var (
	ink        = color.RGBA{R: 0x22, G: 0x26, B: 0x2B, A: 0xFF} // titles
	softInk    = color.RGBA{R: 0x4E, G: 0x55, B: 0x5E, A: 0xFF} // axes, 7.5:1 on white
	gridColor  = color.RGBA{R: 0xE4, G: 0xE7, B: 0xEB, A: 0xFF}
	axisColor  = color.RGBA{R: 0x9A, G: 0xA1, B: 0xAB, A: 0xFF}
	background = color.RGBA{R: 0xFF, G: 0xFF, B: 0xFF, A: 0xFF}
	healthy    = color.RGBA{R: 0xE3, G: 0xF3, B: 0xEC, A: 0xFF} // a good range, behind the data
)

// Line widths and margins in points.
const (
	curveWidth = vg.Length(1.6)
	hairline   = vg.Length(0.6)
	margin     = vg.Length(10)
)

// Text sizes in points.
const (
	titleSize = 11
	bodySize  = 8.5
	smallSize = 8.25
)

// dashes marks validation curves, and everything else that is the dashed twin
// of a solid line.
var dashes = []vg.Length{vg.Length(4), vg.Length(2.5)}

// seriesColor returns the colour of series i; colours repeat after seven, and
// the labels at the curves' ends still tell them apart.
func seriesColor(i int) color.RGBA {
	return seriesColors[i%len(seriesColors)]
}

// translucent is for bands, which overlap: where they do, both must be seen.
func translucent(c color.RGBA) color.NRGBA { return color.NRGBA{R: c.R, G: c.G, B: c.B, A: 0x40} }

// pale mixes c with white, for secondary marks that nothing shines through.
func pale(c color.RGBA, strength float64) color.RGBA {
	mix := func(v uint8) uint8 { return uint8(255 - strength*(255-float64(v)) + 0.5) }
	return color.RGBA{R: mix(c.R), G: mix(c.G), B: mix(c.B), A: 0xFF}
}

func textStyle(size float64, c color.Color) text.Style {
	return text.Style{
		Color:   c,
		Font:    font.Font{Typeface: "Liberation", Variant: "Sans", Size: vg.Length(size)},
		XAlign:  draw.XLeft,
		YAlign:  draw.YTop,
		Handler: plot.DefaultTextHandler,
	}
}

func boldStyle(size float64, c color.Color) text.Style {
	s := textStyle(size, c)
	s.Font.Weight = xfont.WeightBold
	return s
}

// fit shortens s with an ellipsis until it is no wider than width.
func fit(s string, style text.Style, width vg.Length) string {
	if style.Width(s) <= width {
		return s
	}
	runes := []rune(s)
	for len(runes) > 1 && style.Width(string(runes)+"…") > width {
		runes = runes[:len(runes)-1]
	}
	return string(runes) + "…"
}

// fitInside shortens s before its last four characters, in which names of one kind differ, until it is no wider than width.
func fitInside(s string, style text.Style, width vg.Length) string {
	runes := []rune(s)
	if style.Width(s) <= width || len(runes) < 6 {
		return fit(s, style, width)
	}
	head, tail := runes[:len(runes)-4], "…"+string(runes[len(runes)-4:])
	for len(head) > 1 && style.Width(string(head)+tail) > width {
		head = head[:len(head)-1]
	}
	return string(head) + tail
}

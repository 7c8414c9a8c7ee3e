package figure

import (
	"cmp"
	"image"
	"image/color"
	"slices"
)

// withPalette stores img with at most 256 colours, which cuts its PNG to a
// third. A figure's own colours are few and cover most of it, so the 256 most
// frequent ones, coloured before grey, stay exact; the rarer shades that antialiasing puts between
// them become the nearest of these.
func withPalette(img image.Image) image.Image {
	rgba, ok := img.(*image.RGBA)
	if !ok {
		return img
	}
	count := make(map[color.RGBA]int)
	for i := 0; i+3 < len(rgba.Pix); i += 4 {
		count[pixel(rgba.Pix[i:])]++
	}
	colors := make([]color.RGBA, 0, len(count))
	for c := range count {
		colors = append(colors, c)
	}
	// The map has no order; a PNG needs the same one every time.
	slices.SortFunc(colors, func(a, b color.RGBA) int {
		return cmp.Or(cmp.Compare(weight(b, count[b]), weight(a, count[a])), cmp.Compare(a.R, b.R), cmp.Compare(a.G, b.G), cmp.Compare(a.B, b.B))
	})
	kept := colors[:min(256, len(colors))]
	palette := make(color.Palette, len(kept))
	index := make(map[color.RGBA]uint8, len(colors))
	for i, c := range kept {
		palette[i] = c
		index[c] = uint8(i)
	}
	for _, c := range colors[len(kept):] {
		index[c] = uint8(palette.Index(c))
	}
	out := image.NewPaletted(rgba.Bounds(), palette)
	for i := 0; i+3 < len(rgba.Pix); i += 4 {
		out.Pix[i/4] = index[pixel(rgba.Pix[i:])]
	}
	return out
}

// weight lets the few pixels of a coloured dot count more than the many greys
// at the edges of text, which have a near grey beside them in any case.
func weight(c color.RGBA, count int) int {
	return count * (8 + int(max(c.R, c.G, c.B)-min(c.R, c.G, c.B)))
}

func pixel(p []uint8) color.RGBA { return color.RGBA{R: p[0], G: p[1], B: p[2], A: 0xFF} }

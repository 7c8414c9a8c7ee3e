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
// them become the nearest of these. So many greys are kept in any case.
func withPalette(img image.Image, greys int) image.Image {
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
	if len(colors) > 256 && greys > 0 {
		kept = make([]color.RGBA, 0, 256)
		for _, c := range colors {
			if grey(c) && len(kept) < greys {
				kept = append(kept, c)
			}
		}
		for _, c := range colors {
			if len(kept) < 256 && !slices.Contains(kept, c) {
				kept = append(kept, c)
			}
		}
	}
	palette := make(color.Palette, len(kept))
	index := make(map[color.RGBA]uint8, len(colors))
	for i, c := range kept {
		palette[i] = c
		index[c] = uint8(i)
	}
	for _, c := range colors {
		if _, exact := index[c]; !exact {
			index[c] = uint8(palette.Index(c))
		}
	}
	out := image.NewPaletted(rgba.Bounds(), palette)
	for i := 0; i+3 < len(rgba.Pix); i += 4 {
		out.Pix[i/4] = index[pixel(rgba.Pix[i:])]
	}
	return out
}

// shaded is a figure with hundreds of colours of its own, among which those of words would get lost.
type shaded interface{ shaded() }

// isShaded tells whether a figure is one, or one of its panels.
func isShaded(fig Figure) bool {
	if g, ok := fig.(Grid); ok {
		return slices.ContainsFunc(g.Panels, isShaded)
	}
	_, is := fig.(shaded)
	return is
}

// inkShades is how many greys words need.
const inkShades = 48

// grey tells whether a colour is one of ink on paper, or between the two.
func grey(c color.RGBA) bool { return max(c.R, c.G, c.B)-min(c.R, c.G, c.B) <= 16 }

// weight lets the few pixels of a coloured dot count more than the many greys
// at the edges of text, which have a near grey beside them in any case.
func weight(c color.RGBA, count int) int {
	return count * (8 + int(max(c.R, c.G, c.B)-min(c.R, c.G, c.B)))
}

func pixel(p []uint8) color.RGBA { return color.RGBA{R: p[0], G: p[1], B: p[2], A: 0xFF} }

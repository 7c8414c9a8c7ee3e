package figure

import (
	"strings"

	"gonum.org/v1/plot/text"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

const (
	swatchWidth = vg.Length(18)
	swatchGap   = vg.Length(4)
	keyGap      = vg.Length(14)
)

func keyWidth(key []keyEntry, style text.Style) vg.Length {
	var width vg.Length
	for i, k := range key {
		if i > 0 {
			width += keyGap
		}
		width += swatchWidth + swatchGap + style.Width(k.label)
	}
	return width
}

// drawKey writes the entries side by side, starting at the top left point.
func drawKey(c draw.Canvas, at vg.Point, key []keyEntry, style text.Style) {
	x := at.X
	for _, k := range key {
		y := at.Y - style.Font.Size*0.6
		switch {
		case k.dot, k.ring:
			drawDot(c, vg.Point{X: x + swatchWidth - 5, Y: y}, k.color, k.ring)
		case k.filled:
			h := style.Font.Size * 0.45
			c.FillPolygon(k.color, rectangle(x, y-h, x+swatchWidth, y+h))
		default:
			line := draw.LineStyle{Color: k.color, Width: curveWidth}
			if k.dashed {
				line.Dashes = dashes
			}
			c.StrokeLine2(line, x, y, x+swatchWidth, y)
		}
		x += swatchWidth + swatchGap
		c.FillText(style, vg.Point{X: x, Y: at.Y}, k.label)
		x += style.Width(k.label) + keyGap
	}
}

// wrap breaks s at spaces into lines no wider than width; a longer word gets a
// line of its own and is shortened.
func wrap(s string, style text.Style, width vg.Length) []string {
	var lines []string
	line := ""
	for _, word := range strings.Fields(s) {
		next := word
		if line != "" {
			next = line + " " + word
		}
		if line != "" && style.Width(next) > width {
			lines = append(lines, fit(line, style, width))
			next = word
		}
		line = next
	}
	if line != "" {
		lines = append(lines, fit(line, style, width))
	}
	return lines
}

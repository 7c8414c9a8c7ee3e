package figure

import (
	"image/color"
	"slices"
	"strings"

	"gonum.org/v1/plot/text"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// keyEntry explains a line style, a fill or a colour.
type keyEntry struct {
	label  string
	color  color.RGBA
	dashed bool
	dotted bool
	filled bool
	dot    bool
	ring   bool
	depth  bool      // the colours of layers from input to output
	width  vg.Length // least width, which lines up columns
}

const (
	swatchWidth = vg.Length(18)
	swatchGap   = vg.Length(4)
	keyGap      = vg.Length(14)

	mostKeyRows = 7
)

// entries are the key's own and, where there is no room beside the data, those
// of the curves, with what their labels would say.
func (f frame) entries(width vg.Length) []keyEntry {
	all := slices.Clone(f.key)
	if width >= narrow {
		return all
	}
	for _, flag := range f.flags {
		all = append(all, keyEntry{label: flag.name, color: flag.color, dot: true})
	}
	style := textStyle(bodySize, softInk)
	for _, e := range f.named() {
		label := e.name
		if e.detail != "" {
			// A long name gives way to the number.
			detail := "  " + e.detail
			label = fit(e.name, style, max(30, width-swatchWidth-swatchGap-style.Width(detail))) + detail
		}
		all = append(all, keyEntry{label: label, color: e.color, dashed: e.dashed, dotted: e.dotted})
	}
	return all
}

// keyRows breaks a key into rows no wider than width, in columns where that
// takes no more rows.
func keyRows(key []keyEntry, style text.Style, width vg.Length) [][]keyEntry {
	widest := vg.Length(0)
	for i := range key {
		key[i].label = fit(key[i].label, style, width-swatchWidth-swatchGap)
		widest = max(widest, keyWidth(key[i:i+1], style))
	}
	rows := packed(key, style, width)
	columns := max(1, int((width+keyGap)/(widest+keyGap)))
	if len(rows) > 1 && (len(key)+columns-1)/columns <= len(rows) {
		for i := range key {
			key[i].width = widest
		}
		rows = packed(key, style, width)
	}
	if left := 0; len(rows) > mostKeyRows {
		for _, row := range rows[mostKeyRows-1:] {
			left += len(row)
		}
		rows = append(rows[:mostKeyRows-1], []keyEntry{{label: "and " + plural(left, "more curve"), color: background}})
	}
	return rows
}

func packed(key []keyEntry, style text.Style, width vg.Length) (rows [][]keyEntry) {
	start := 0
	for i := range key {
		if i > start && keyWidth(key[start:i+1], style) > width {
			rows = append(rows, key[start:i])
			start = i
		}
	}
	if start < len(key) {
		rows = append(rows, key[start:])
	}
	return rows
}

func keyWidth(key []keyEntry, style text.Style) vg.Length {
	var width vg.Length
	for i, k := range key {
		if i > 0 {
			width += keyGap
		}
		width += max(k.width, swatchWidth+swatchGap+style.Width(k.label))
	}
	return width
}

// drawKey writes the entries side by side, starting at the top left point.
func drawKey(c draw.Canvas, at vg.Point, key []keyEntry, style text.Style) {
	x := at.X
	for _, k := range key {
		y := at.Y - style.Font.Size*0.6
		h := style.Font.Size * 0.45
		switch {
		case k.dot, k.ring:
			drawDot(c, vg.Point{X: x + swatchWidth - 5, Y: y}, k.color, k.ring)
		case k.filled:
			c.FillPolygon(k.color, rectangle(x, y-h, x+swatchWidth, y+h))
		case k.depth:
			const steps = 9
			for i := range steps {
				w := swatchWidth / steps
				from := x + vg.Length(i)*w
				c.FillPolygon(depthColor(i, steps), rectangle(from, y-h*0.6, from+w, y+h*0.6))
			}
		default:
			line := draw.LineStyle{Color: k.color, Width: curveWidth}
			if k.dashed {
				line.Dashes = dashes
			}
			if k.dotted {
				line = referenceStyle
			}
			c.StrokeLine2(line, x, y, x+swatchWidth, y)
		}
		c.FillText(style, vg.Point{X: x + swatchWidth + swatchGap, Y: at.Y}, k.label)
		x += keyWidth([]keyEntry{k}, style) + keyGap
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

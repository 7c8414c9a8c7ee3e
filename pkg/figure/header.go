package figure

import (
	"gonum.org/v1/plot/text"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// narrow is the width below which a panel has no room beside its data: its
// titles are smaller, and its curves are named in the key above them.
const narrow = 4 * vg.Inch

// headerLine is one line above the data: how far it moves down, and what it
// draws from its upper edge on.
type headerLine struct {
	height vg.Length
	draw   func(c draw.Canvas, y vg.Length)
	low    bool // belongs to the data below: spare room goes above it
}

// header lists title, subtitle, key and the vertical axis' label for a frame
// of the given inner width.
func (f frame) header(width vg.Length) []headerLine {
	var lines []headerLine
	write := func(s string, style text.Style, gap vg.Length) {
		lines = append(lines, headerLine{style.Font.Size + gap, func(c draw.Canvas, y vg.Length) {
			c.FillText(style, vg.Point{X: c.Min.X, Y: y}, s)
		}, false})
	}
	title := boldStyle(titleSize, ink)
	if width < narrow {
		title = boldStyle(titleSize-1.5, ink)
	}
	for _, line := range atMost(2, f.title, title, width) {
		write(line, title, 4)
	}
	body := textStyle(bodySize, softInk)
	for _, line := range wrap(f.subtitle, body, width) {
		write(line, body, 3)
	}
	if len(lines) > 0 {
		lines = append(lines, headerLine{height: 3})
	}
	if f.empty != "" {
		return append(lines, headerLine{height: 3})
	}
	rows := keyRows(f.entries(width), body, width)
	// A key of one row shares its line with the axis' label if both fit.
	if len(rows) == 1 && body.Width(f.y.label)+keyWidth(rows[0], body)+16 <= width {
		row := rows[0]
		return append(lines, headerLine{body.Font.Size + 6, func(c draw.Canvas, y vg.Length) {
			c.FillText(body, vg.Point{X: c.Min.X, Y: y}, f.y.label)
			drawKey(c, vg.Point{X: c.Max.X - keyWidth(row, body), Y: y}, row, body)
		}, true})
	}
	for _, row := range rows {
		lines = append(lines, headerLine{body.Font.Size + 3, func(c draw.Canvas, y vg.Length) {
			drawKey(c, vg.Point{X: c.Min.X, Y: y}, row, body)
		}, false})
	}
	if len(rows) > 0 {
		lines = append(lines, headerLine{height: 3})
	}
	if f.y.label != "" {
		for _, line := range atMost(2, f.y.label, body, width) {
			write(line, body, 3)
			lines[len(lines)-1].low = true
		}
		lines = append(lines, headerLine{height: 3})
	}
	return lines
}

// headerHeight is what the header takes off a panel of the given inner width.
func (f frame) headerHeight(width vg.Length) (height vg.Length) {
	for _, line := range f.header(width) {
		height += line.height
	}
	return max(height, f.head)
}

// drawHeader returns what is left of the canvas below the header.
func (f frame) drawHeader(c draw.Canvas) draw.Canvas {
	width := c.Rectangle.Size().X
	lines := f.header(width)
	spare := f.headerHeight(width)
	for _, line := range lines {
		spare -= line.height
	}
	y := c.Max.Y
	for _, line := range lines {
		if line.low {
			y -= spare
			spare = 0
		}
		if line.draw != nil {
			line.draw(c, y)
		}
		y -= line.height
	}
	c.Max.Y -= f.headerHeight(width)
	return c
}

// noteStyle is small where a note says something aside, and as large as other text where the picture can't be read without it.
func (f frame) noteStyle() text.Style {
	if f.readNote {
		return textStyle(bodySize, softInk)
	}
	return textStyle(smallSize, softInk)
}

// noteHeight is what the note takes off a panel of the given inner width.
func (f frame) noteHeight(width vg.Length) vg.Length {
	height, noteStyle := vg.Length(0), f.noteStyle()
	if lines := wrap(f.note, noteStyle, width); len(lines) > 0 {
		height = vg.Length(len(lines))*(noteStyle.Font.Size+2) + 4
	}
	return max(height, f.foot)
}

// drawNote returns what is left of the canvas above the note.
func (f frame) drawNote(c draw.Canvas) draw.Canvas {
	width, noteStyle := c.Rectangle.Size().X, f.noteStyle()
	lines := wrap(f.note, noteStyle, width)
	for i, line := range lines {
		y := c.Min.Y + vg.Length(len(lines)-i)*(noteStyle.Font.Size+2) - 2
		c.FillText(noteStyle, vg.Point{X: c.Min.X, Y: y}, line)
	}
	c.Min.Y += f.noteHeight(width)
	return c
}

// atMost wraps s and shortens the last line that there is room for.
func atMost(lines int, s string, style text.Style, width vg.Length) []string {
	all := wrap(s, style, width)
	if len(all) > lines {
		all[lines-1] = fit(all[lines-1]+" "+all[lines], style, width)
		all = all[:lines]
	}
	return all
}

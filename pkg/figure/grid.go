package figure

import (
	"fmt"
	"strings"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// Grid puts figures side by side and below each other, row by row. A nil panel
// leaves its place empty.
type Grid struct {
	Title    string
	Subtitle string
	Columns  int // 0: all panels in one row up to three, else two columns
	Panels   []Figure
	// PanelWidth defaults to an equal share of [DefaultWidth], PanelHeight to 2.7
	// inches for two columns, 2.3 for more, and 3.2 for a single one.
	PanelWidth, PanelHeight vg.Length
}

// Row puts figures side by side.
func Row(panels ...Figure) Grid { return Grid{Columns: max(1, len(panels)), Panels: panels} }

// Column puts figures below each other.
func Column(panels ...Figure) Grid { return Grid{Columns: 1, Panels: panels} }

// Size implements [Sizer].
func (g Grid) Size() (width, height vg.Length) {
	w, h := g.panelSize()
	height = g.header()
	for _, extra := range g.extra(w) {
		height += h + extra
	}
	return w * vg.Length(g.columns()), height
}

// usualHeader is how much of a panel's height goes to its header; a row with a
// longer key or a note is so much higher.
const usualHeader = vg.Length(40)

// extra is how much higher than a usual panel each row is.
func (g Grid) extra(panelWidth vg.Length) []vg.Length {
	out := make([]vg.Length, g.rows())
	for i, panel := range g.Panels {
		row := i / g.columns()
		if inside, ok := panel.(interface{ grid() Grid }); ok {
			out[row] = max(out[row], inside.grid().over(panelWidth))
		} else if inside, ok := panel.(Grid); ok {
			out[row] = max(out[row], inside.over(panelWidth))
		}
		if len(g.Panels) > 1 {
			head, foot := g.heads(i, panelWidth-2*margin)
			over := head + foot - usualHeader
			if high, ok := panel.(interface{ taller(vg.Length) vg.Length }); ok {
				over += high.taller(panelWidth)
			}
			out[row] = max(out[row], over)
		}
	}
	return out
}

// over is how much higher than a usual panel a grid must be that stands in a
// panel of the given width.
func (g Grid) over(width vg.Length) vg.Length {
	g.PanelWidth = width / vg.Length(g.columns())
	over := g.header() + vg.Length(g.rows()-1)*1.5*vg.Inch
	for i := range g.Panels {
		if i%g.columns() == 0 {
			head, foot := g.heads(i, g.PanelWidth-2*margin)
			over += max(0, head+foot-usualHeader)
		}
	}
	return over
}

// heads returns the heights of the highest header and note in the row of panel
// i.
func (g Grid) heads(i int, inner vg.Length) (head, foot vg.Length) {
	first := i - i%g.columns()
	for _, other := range g.Panels[first:min(first+g.columns(), len(g.Panels))] {
		if o, ok := frameOf(other); ok {
			head = max(head, o.headerHeight(inner))
			foot = max(foot, o.noteHeight(inner))
		}
	}
	return head, foot
}

func (g Grid) panelSize() (width, height vg.Length) {
	width, height = g.PanelWidth, g.PanelHeight
	if width <= 0 {
		width = DefaultWidth / vg.Length(g.columns())
	}
	if height > 0 {
		return width, height
	}
	switch {
	case g.columns() >= 3:
		height = 2.3 * vg.Inch
	case g.columns() == 2:
		height = 2.7 * vg.Inch
	case len(g.Panels) > 1:
		height = 3.2 * vg.Inch
	default:
		height = DefaultHeight
	}
	// A picture taller than a page is cut.
	room := maxHeight - g.header()
	for _, extra := range g.extra(width) {
		room -= extra
	}
	return width, min(height, max(1.5*vg.Inch, room/vg.Length(g.rows())))
}

func (g Grid) columns() int {
	switch {
	case g.Columns > 0:
		return g.Columns
	case len(g.Panels) <= 3:
		return max(1, len(g.Panels))
	default:
		return 2
	}
}

func (g Grid) rows() int { return max(1, (len(g.Panels)+g.columns()-1)/g.columns()) }

func (g Grid) header() vg.Length {
	width := g.PanelWidth * vg.Length(g.columns())
	if g.PanelWidth <= 0 {
		width = DefaultWidth
	}
	titles, subtitles := g.titleLines(width - 2*margin)
	h := vg.Length(len(titles))*(titleSize+7) + vg.Length(len(subtitles))*(bodySize+3)
	if h > 0 {
		h += margin
	}
	return h
}

var (
	gridTitle    = boldStyle(titleSize+1, ink)
	gridSubtitle = textStyle(bodySize, softInk)
)

func (g Grid) titleLines(width vg.Length) (titles, subtitles []string) {
	titles = atMost(2, g.Title, gridTitle, width)
	for _, line := range strings.Split(g.Subtitle, "\n") {
		subtitles = append(subtitles, atMost(3, line, gridSubtitle, width)...)
	}
	return titles, subtitles
}

// Draw implements [Figure].
func (g Grid) Draw(c draw.Canvas) error {
	c.SetColor(background)
	c.Fill(c.Rectangle.Path())
	if len(g.Panels) == 0 {
		return frame{title: g.Title, subtitle: g.Subtitle, empty: "no panels"}.draw(c)
	}
	g.drawTitle(c)
	c.Max.Y -= g.header()
	size := c.Rectangle.Size()
	w := size.X / vg.Length(g.columns())
	extra := g.extra(w)
	h := size.Y
	for _, e := range extra {
		h -= e
	}
	h /= vg.Length(g.rows()) // without what a row has more than the usual
	for i, panel := range g.Panels {
		if panel == nil {
			continue
		}
		row := i / g.columns()
		x, y := vg.Length(i%g.columns())*w, vg.Length(row)*h
		for _, e := range extra[:row] {
			y += e
		}
		cell := draw.Crop(c, x, x+w-size.X, size.Y-y-h-extra[row], -y)
		if err := g.drawPanel(cell, i); err != nil {
			return fmt.Errorf("panel %d: %w", i+1, err)
		}
	}
	return nil
}

// drawPanel gives the panels of a row headers and notes of the same height, so
// that their axes stand side by side.
func (g Grid) drawPanel(cell draw.Canvas, i int) error {
	f, ok := frameOf(g.Panels[i])
	if !ok {
		return g.Panels[i].Draw(cell)
	}
	f.head, f.foot = g.heads(i, cell.Rectangle.Size().X-2*margin)
	if within, ok := g.Panels[i].(interface {
		drawFrame(draw.Canvas, frame) error
	}); ok {
		return within.drawFrame(cell, f)
	}
	return f.draw(cell)
}

// frameOf returns the layout of a figure that is a single frame.
func frameOf(fig Figure) (frame, bool) {
	switch fig := fig.(type) {
	case interface{ frame() frame }:
		return fig.frame(), true
	case interface{ frame() (frame, error) }:
		f, err := fig.frame()
		return f, err == nil
	}
	return frame{}, false
}

func (g Grid) drawTitle(c draw.Canvas) {
	x, y := c.Min.X+margin, c.Max.Y-margin
	titles, subtitles := g.titleLines(c.Rectangle.Size().X - 2*margin)
	for _, line := range titles {
		c.FillText(gridTitle, vg.Point{X: x, Y: y}, line)
		y -= titleSize + 7
	}
	for _, line := range subtitles {
		c.FillText(gridSubtitle, vg.Point{X: x, Y: y}, line)
		y -= bodySize + 3
	}
}

// Text implements [Figure]: the texts of the panels below each other.
func (g Grid) Text() string {
	var parts []string
	if head := strings.TrimSpace(g.Title + "\n" + g.Subtitle); head != "" {
		parts = append(parts, head)
	}
	for _, p := range g.Panels {
		if p != nil {
			parts = append(parts, p.Text())
		}
	}
	return strings.Join(parts, "\n")
}

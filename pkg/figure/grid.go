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
	// PanelWidth and PanelHeight default to 4.8 by 3.2 inches for two columns,
	// 3.6 by 2.7 for more, and those of a figure on its own for a single panel.
	PanelWidth, PanelHeight vg.Length
}

// Row puts figures side by side.
func Row(panels ...Figure) Grid { return Grid{Columns: max(1, len(panels)), Panels: panels} }

// Column puts figures below each other.
func Column(panels ...Figure) Grid { return Grid{Columns: 1, Panels: panels} }

const (
	panelWidth  = 4.8 * vg.Inch
	panelHeight = 3.2 * vg.Inch
)

// Size implements [Sizer].
func (g Grid) Size() (width, height vg.Length) {
	w, h := g.panelSize()
	return w * vg.Length(g.columns()), h*vg.Length(g.rows()) + g.header()
}

func (g Grid) panelSize() (width, height vg.Length) {
	width, height = g.PanelWidth, g.PanelHeight
	w, h := panelWidth, panelHeight
	switch {
	case g.columns() >= 3:
		w, h = 0.75*w, 0.84*h
	case g.columns() == 1:
		w = DefaultWidth
		if len(g.Panels) <= 1 {
			h = DefaultHeight
		}
	}
	if width <= 0 {
		width = w
	}
	if height <= 0 {
		height = h
	}
	return width, height
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
	h := vg.Length(0)
	if g.Title != "" {
		h += titleSize + 2 + 6
	}
	if g.Subtitle != "" {
		h += vg.Length(strings.Count(g.Subtitle, "\n")+1) * (bodySize + 3)
	}
	if h > 0 {
		h += margin + 2
	}
	return h
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
	w, h := size.X/vg.Length(g.columns()), size.Y/vg.Length(g.rows())
	for i, panel := range g.Panels {
		if panel == nil {
			continue
		}
		x, y := vg.Length(i%g.columns())*w, vg.Length(i/g.columns())*h
		cell := draw.Crop(c, x, x+w-size.X, size.Y-y-h, -y)
		if err := panel.Draw(cell); err != nil {
			return fmt.Errorf("panel %d: %w", i+1, err)
		}
	}
	return nil
}

func (g Grid) drawTitle(c draw.Canvas) {
	x, y, width := c.Min.X+margin, c.Max.Y-margin, c.Rectangle.Size().X-2*margin
	if g.Title != "" {
		style := boldStyle(titleSize+2, ink)
		c.FillText(style, vg.Point{X: x, Y: y}, fit(g.Title, style, width))
		y -= titleSize + 2 + 5
	}
	if g.Subtitle == "" {
		return
	}
	style := textStyle(bodySize, softInk)
	for _, line := range strings.Split(g.Subtitle, "\n") {
		c.FillText(style, vg.Point{X: x, Y: y}, fit(line, style, width))
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

package figure

import (
	"image/color"
	"sort"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// endLabel names a curve in the margin right of it, at the height of its last
// value, so that no legend covers data and no eye has to travel.
type endLabel struct {
	name   string
	detail string // smaller, below the name; dropped where space is short
	color  color.RGBA
	dashed bool
	dotted bool    // a reference line
	x, y   float64 // the curve's last point
	hasY   bool    // false: the curve has no point at all; its label goes to
	low    bool    // the bottom if low, else to the top
}

const (
	leader    = vg.Length(14) // from the data's edge to the label
	labelGap  = vg.Length(3)
	lineSpace = vg.Length(2.2)
)

// labelColumn returns the width the labels need: at most 36% of the canvas.
func labelColumn(ends []endLabel, c draw.Canvas) vg.Length {
	if len(ends) == 0 {
		return 4
	}
	name, detail := textStyle(bodySize, ink), textStyle(smallSize, softInk)
	var width vg.Length
	for _, e := range ends {
		width = max(width, name.Width(e.name), detail.Width(e.detail))
	}
	// One more point, or rounding would shorten the widest name.
	return min(leader+labelGap+width+1, 0.36*c.Rectangle.Size().X)
}

func drawEndLabels(c, data draw.Canvas, p *plot.Plot, ends []endLabel) {
	if len(ends) == 0 {
		return
	}
	nameStyle, detailStyle := textStyle(bodySize, ink), textStyle(smallSize, softInk)
	nameStyle.YAlign, detailStyle.YAlign = draw.YCenter, draw.YCenter
	order := append([]endLabel(nil), ends...)
	toX, toY := p.Transforms(&data)
	height := func(e endLabel) vg.Length {
		if !e.hasY && e.low {
			return data.Min.Y
		} else if !e.hasY {
			return data.Max.Y
		}
		return vg.Length(clamp(float64(toY(e.y)), float64(data.Min.Y), float64(data.Max.Y)))
	}
	sort.SliceStable(order, func(i, j int) bool { return height(order[i]) > height(order[j]) })

	// A single line of text for each is the most that many curves can have.
	room := (data.Max.Y - data.Min.Y) + nameStyle.Font.Size
	details := room/vg.Length(len(order)) >= nameStyle.Font.Size+detailStyle.Font.Size+2*lineSpace
	step := nameStyle.Font.Size + lineSpace
	shown := max(1, int(room/step))
	left := 0
	if len(order) > shown {
		left = len(order) - (shown - 1)
		order = order[:shown-1]
	}
	heights := make([]float64, len(order))
	wanted := make([]float64, len(order))
	for i, e := range order {
		wanted[i] = float64(height(e))
		heights[i] = float64(step)
		if details && e.detail != "" {
			// The name, not the block, stands at the curve's height.
			below := float64(detailStyle.Font.Size + lineSpace)
			heights[i] += below
			wanted[i] -= below / 2
		}
	}
	centers := spread(wanted, heights, float64(data.Min.Y-14), float64(data.Max.Y+3))
	x0, x1 := data.Max.X+3, data.Max.X+leader
	column := c.Max.X - x1 - labelGap
	for i, e := range order {
		y := vg.Length(centers[i])
		nameY := y
		if details && e.detail != "" {
			nameY += (detailStyle.Font.Size + lineSpace) / 2
			c.FillText(detailStyle, vg.Point{X: x1 + labelGap, Y: nameY - (nameStyle.Font.Size+detailStyle.Font.Size)/2 - lineSpace}, fit(e.detail, detailStyle, column))
		}
		line := draw.LineStyle{Color: e.color, Width: curveWidth}
		switch {
		case e.dashed:
			line.Dashes = dashes
		case e.dotted:
			line = referenceStyle
		}
		if e.hasY && data.Max.X-toX(e.x) < 2 {
			from := height(e)
			c.StrokeLines(draw.LineStyle{Color: e.color, Width: 0.8, Dashes: line.Dashes}, []vg.Point{{X: x0 - 2, Y: from}, {X: x0 + 5, Y: nameY}})
			c.StrokeLine2(line, x0+5, nameY, x1, nameY)
		} else {
			c.StrokeLine2(line, x0+3, nameY, x1, nameY)
		}
		c.FillText(nameStyle, vg.Point{X: x1 + labelGap, Y: nameY}, fit(e.name, nameStyle, column))
	}
	if left > 0 {
		c.FillText(detailStyle, vg.Point{X: x1 + labelGap, Y: data.Min.Y}, "and "+plural(left, "more curve"))
	}
}

// spread returns centres as near as possible to the wanted ones, which descend,
// such that blocks of the given heights neither overlap nor leave [lo, hi]
// while they fit.
func spread(wanted, heights []float64, lo, hi float64) []float64 {
	out := append([]float64(nil), wanted...)
	if len(out) == 0 {
		return out
	}
	// Down from the top, then up from the bottom; repeated, the overlap is
	// shared between neighbours instead of being pushed one way.
	for range 60 {
		for i := 1; i < len(out); i++ {
			need := (heights[i-1] + heights[i]) / 2
			if overlap := need - (out[i-1] - out[i]); overlap > 0 {
				out[i-1] += overlap / 2
				out[i] -= overlap / 2
			}
		}
		out[0] = min(out[0], hi-heights[0]/2)
		last := len(out) - 1
		out[last] = max(out[last], lo+heights[last]/2)
	}
	for i := 1; i < len(out); i++ {
		out[i] = min(out[i], out[i-1]-(heights[i-1]+heights[i])/2)
	}
	last := len(out) - 1
	if under := lo + heights[last]/2 - out[last]; under > 0 {
		out[last] += under
		for i := last - 1; i >= 0; i-- {
			out[i] = max(out[i], out[i+1]+(heights[i]+heights[i+1])/2)
		}
	}
	return out
}

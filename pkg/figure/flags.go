package figure

import (
	"cmp"
	"image/color"
	"slices"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/text"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// signpost marks a place on the horizontal axis with a vertical line and a name
// above the data, where it covers no curve.
type signpost struct {
	name  string
	color color.RGBA
	at    float64
}

const flagRow = vg.Length(bodySize + 3)

// planted is a flag that has found its place.
type planted struct {
	signpost
	x, left, right vg.Length // of the line; the ends of the name
	row            int       // 0 is the uppermost
}

// plant finds rows, and sides of their lines, for the names of the flags, such
// that no name covers another and no line runs through a name, in as few rows
// as it takes. Names that are too long for the data's width are shortened.
func plant(flags []signpost, style text.Style, data draw.Canvas, toX func(float64) vg.Length) (placed []planted, rows int) {
	const gap = vg.Length(4)
	order := slices.SortedStableFunc(slices.Values(flags), func(a, b signpost) int { return cmp.Compare(a.at, b.at) })
	sides := make([][]planted, len(order))
	for i, f := range order {
		x := toX(f.at)
		f.name = fit(f.name, style, max(x-data.Min.X, data.Max.X-x)-gap)
		width := style.Width(f.name)
		right := planted{signpost: f, x: x, left: x + gap, right: x + gap + width}
		left := planted{signpost: f, x: x, left: x - gap - width, right: x - gap}
		if right.right <= data.Max.X+margin/2 {
			sides[i] = append(sides[i], right)
		}
		if left.left >= data.Min.X-margin/2 || len(sides[i]) == 0 {
			sides[i] = append(sides[i], left)
		}
	}
	for rows = 1; rows <= len(order); rows++ {
		if placed = plantInto(sides, rows, nil); placed != nil {
			return placed, rows
		}
	}
	// Two names that need each other's room: each still has a row of its own.
	for i := range sides {
		p := sides[i][0]
		p.row = i
		placed = append(placed, p)
	}
	return placed, len(order)
}

// plantInto tries all places within the given rows; nil when there is none.
func plantInto(sides [][]planted, rows int, placed []planted) []planted {
	if len(placed) == len(sides) {
		return placed
	}
	for _, p := range sides[len(placed)] {
		for p.row = range rows {
			if !slices.ContainsFunc(placed, func(q planted) bool { return p.crosses(q) || q.crosses(p) }) {
				if all := plantInto(sides, rows, append(placed[:len(placed):len(placed)], p)); all != nil {
					return all
				}
			}
		}
	}
	return nil
}

// crosses tells whether p's line or name runs into q's name. A line ends at
// the row of its own name.
func (p planted) crosses(q planted) bool {
	const air = vg.Length(3)
	line := p.row <= q.row && p.x > q.left-air && p.x < q.right+air && p.x != q.x
	name := p.row == q.row && p.left < q.right+2*air && q.left < p.right+2*air
	return line || name
}

// drawFlags draws the lines over the data, a dot where each meets the curve, and
// the names in the strip of rows above; without rows there are no names.
func drawFlags(c, data draw.Canvas, placed []planted, rows int, on *curve, p *plot.Plot) {
	_, toY := p.Transforms(&data)
	style := textStyle(bodySize, ink)
	for _, f := range placed {
		top := data.Max.Y
		if rows > 0 {
			top += vg.Length(rows-f.row) * flagRow
			c.FillText(style, vg.Point{X: f.left, Y: top + 1}, f.name)
		}
		c.StrokeLine2(draw.LineStyle{Color: f.color, Width: 1, Dashes: []vg.Length{3, 2}}, f.x, data.Min.Y, f.x, top)
		if y, ok := on.at(f.at); ok && y >= p.Y.Min && y <= p.Y.Max {
			c.DrawGlyph(draw.GlyphStyle{Color: f.color, Radius: 3.2, Shape: draw.CircleGlyph{}}, vg.Point{X: f.x, Y: toY(y)})
		}
	}
}

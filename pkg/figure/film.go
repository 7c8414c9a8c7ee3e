package figure

import (
	"fmt"
	"image/color"
	"slices"
	"strings"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// Film shows numbers in two axes as pictures beside each other, all with one scale of colours: a layer's weights over epochs, the
// filters of a convolution, what a layer makes of one image. NaN and infinity are grey.
type Film struct {
	Title    string // default: "Film strip"
	Subtitle string
	Label    string // what the numbers are; default: "value"
	Signed   bool   // around 0, which is white: above it blue, below it orange; default: the lowest is white, the highest dark
	Columns  int    // pictures in a row; 0: 4, or as many as there are; at most 8
	Stills   []Still

	plain bool // nobody asks for the numbers: there is no scale at the foot
}

// Still is one picture of a [Film]. Of different sizes all are fitted into squares of one size.
type Still struct {
	Name   string      // above it: "epoch 3"
	Detail string      // below the name: "loss 0.12"; empty in all: there is no such line
	Values [][]float64 // [row from the top][column]

	wrong bool
}

func (f Film) columns() int {
	if f.Columns > 0 {
		return min(8, f.Columns)
	}
	return max(1, min(4, len(f.Stills)))
}

func (f Film) rows() int { return (len(f.Stills) + f.columns() - 1) / f.columns() }

// words is the height of the lines above a still.
func (f Film) words() vg.Length {
	height := vg.Length(0)
	for _, s := range f.Stills {
		if s.Name != "" {
			height = max(height, bodySize+4)
		}
		if s.Detail != "" {
			height = max(height, 2*bodySize+7)
		}
	}
	return height
}

const (
	filmGap   = vg.Length(9)
	mostStill = vg.Length(130) // the height of a still, and its width unless it is wider than high
)

// side is that of the square which each still is fitted into, tall what of it is needed.
func (f Film) side(width vg.Length) (side, tall vg.Length) {
	n := vg.Length(f.columns())
	share := vg.Length(0.08)
	for _, s := range f.Stills {
		if h, w := shapeOf(s.Values); h > 0 && w > 0 {
			share = max(share, min(1, vg.Length(h)/vg.Length(w)))
		}
	}
	side = min(mostStill/share, (width-(n-1)*filmGap)/n)
	return side, side * share
}

func shapeOf(values [][]float64) (rows, columns int) {
	if len(values) == 0 {
		return 0, 0
	}
	return len(values), len(values[0])
}

func (Film) shaded() {}

// Size implements [Sizer]: it grows with the number of rows, as far as a page goes; beyond, stills shrink.
func (f Film) Size() (width, height vg.Length) {
	inner := DefaultWidth - 2*margin
	_, tall := f.side(inner)
	height = 2*margin + f.around().headerHeight(inner) + vg.Length(f.rows())*(tall+f.words()+filmGap)
	if !f.plain {
		height += colorBarHeight
	}
	return DefaultWidth, min(maxHeight, max(1.5*vg.Inch, height))
}

func (f Film) around() frame {
	a := frame{title: or(f.Title, "Film strip"), subtitle: f.Subtitle}
	if low, high := finiteRange(f.all()); len(f.Stills) == 0 || len(f.all()) == 0 {
		a.empty = "no pictures"
	} else if low > high || !finite(low) {
		a.empty = "no number is finite"
	}
	return a
}

func (f Film) all() (all []float64) {
	for _, s := range f.Stills {
		for _, row := range s.Values {
			all = append(all, row...)
		}
	}
	return all
}

// Draw implements [Figure]. It is an error when the rows of a still differ in length.
func (f Film) Draw(c draw.Canvas) error {
	for i, s := range f.Stills {
		for _, row := range s.Values {
			if len(row) != len(s.Values[0]) {
				return fmt.Errorf("figure: still %d, %q, has rows of %d and of %d values", i, s.Name, len(s.Values[0]), len(row))
			}
		}
	}
	around := f.around()
	if around.empty != "" {
		return around.draw(c)
	}
	c.SetColor(background)
	c.Fill(c.Rectangle.Path())
	c = around.drawHeader(draw.Crop(c, margin, -margin, margin, -margin))
	scale, grey := newColorScale(or(f.Label, "value"), f.all(), f.Signed, false), ""
	for _, v := range f.all() {
		if !finite(v) {
			grey = "NaN, Inf"
		}
	}
	if !f.plain {
		c = scale.drawColorBar(c, grey)
	}
	side, tall := f.side(c.Max.X - c.Min.X)
	step := min(tall+f.words()+filmGap, (c.Max.Y-c.Min.Y)/vg.Length(f.rows()))
	if room := step - f.words() - filmGap; room < tall {
		tall = max(4, room)
	}
	name, detail := boldStyle(bodySize, ink), textStyle(bodySize, softInk)
	for i, s := range f.Stills {
		at := vg.Point{X: c.Min.X + vg.Length(i%f.columns())*(side+filmGap), Y: c.Max.Y - vg.Length(i/f.columns())*step}
		c.FillText(name, at, fit(s.Name, name, side))
		detail, edge := detail, draw.LineStyle{Color: axisColor, Width: hairline}
		if s.wrong {
			detail, edge = boldStyle(bodySize, wrongInk), draw.LineStyle{Color: seriesColors[1], Width: 2}
		}
		c.FillText(detail, vg.Point{X: at.X, Y: at.Y - bodySize - 3}, fit(s.Detail, detail, side))
		h, w := shapeOf(s.Values)
		if h == 0 || w == 0 {
			continue
		}
		cell := min(side/vg.Length(w), tall/vg.Length(h))
		top := at.Y - f.words()
		r := vg.Rectangle{Min: vg.Point{X: at.X, Y: top - cell*vg.Length(h)}, Max: vg.Point{X: at.X + cell*vg.Length(w), Y: top}}
		drawRaster(c, r, h, w, func(y, x int) color.RGBA { return scale.color(s.Values[y][x]) })
		box := rectangle(r.Min.X, r.Min.Y, r.Max.X, r.Max.Y)
		c.StrokeLines(edge, append(box, box[0], box[1]))
	}
	return nil
}

// uniform counts the stills whose numbers are all the same: filters that see nothing, weights that never moved from 0.
func (f Film) uniform() (n int) {
	for _, s := range f.Stills {
		if all := s.numbers(); len(all) > 1 && slices.Min(all) == slices.Max(all) {
			n++
		}
	}
	return n
}

// Text implements [Figure]: between what the numbers lie, how many stills have one single value, and the range of each where stills have details.
func (f Film) Text() string {
	lines := []string{or(f.Title, "Film strip")}
	if empty := f.around().empty; empty != "" {
		return lines[0] + "\n  " + empty
	}
	low, high := finiteRange(f.all())
	lines = append(lines, fmt.Sprintf("  %s, %s from %s to %s", plural(len(f.Stills), "picture"), or(f.Label, "value"), number(low), number(high)))
	if n := f.uniform(); n > 0 {
		lines = append(lines, fmt.Sprintf("  %d of one single value", n))
	}
	if f.words() > bodySize+4 {
		for _, s := range f.Stills {
			low, high := finiteRange(s.numbers())
			lines = append(lines, fmt.Sprintf("  %s: from %s to %s", strings.TrimSuffix(s.Name+", "+s.Detail, ", "), number(low), number(high)))
		}
	}
	return strings.Join(lines, "\n")
}

func (s Still) numbers() (all []float64) {
	for _, row := range s.Values {
		all = append(all, row...)
	}
	return all
}

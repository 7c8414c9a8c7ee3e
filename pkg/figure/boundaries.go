package figure

import (
	"fmt"
	"image/color"
	"math"
	"strings"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// Boundaries shows what a model with two features says of each place of the plane, over epochs: how a decision boundary comes to lie
// between the data, or doesn't. All pictures have one scale of colours. NaN and infinity are grey.
type Boundaries struct {
	Title        string // default: "Decision boundary over the training"
	Subtitle     string
	XName, YName string     // of the features; default: "x1" and "x2"
	X, Y         [2]float64 // what the pictures span: low and high
	// Classes has the names of the classes. Of two, the stills' values are the probability of the second; of more, the number of the
	// class, from 0, that is said. Without classes the values are what is predicted, by Label.
	Classes []string
	Label   string // default: "probability of" the second class, or "prediction"
	// Stills have values in [row from the top][column], those of places as far from each other as the cells of a grid over X and Y.
	Stills []Still
	Points []Place // the data; of more than 600 every n-th is drawn
}

// Place is a row of data with two features.
type Place struct {
	X, Y  float64
	Value float64 // the number of its class, from 0, or its target
}

func (b Boundaries) columns() int { return max(1, min(3, len(b.Stills))) }

func (b Boundaries) rows() int { return (len(b.Stills) + b.columns() - 1) / b.columns() }

// bar tells whether there is a scale of colours at the foot.
func (b Boundaries) bar() bool { return len(b.Classes) < 3 }

func (Boundaries) shaded() {}

// Size implements [Sizer]: it grows with the number of rows, as far as a page goes.
func (b Boundaries) Size() (width, height vg.Length) {
	inner := DefaultWidth - 2*margin
	around := b.around()
	height = 2*margin + around.headerHeight(inner) + around.noteHeight(inner) + vg.Length(b.rows())*b.panelHeight(inner)
	if b.bar() {
		height += colorBarHeight
	}
	return DefaultWidth, min(maxHeight, max(1.5*vg.Inch, height))
}

// panelHeight leaves a square for the data, up to a size.
func (b Boundaries) panelHeight(inner vg.Length) vg.Length {
	return min(180, b.panelWidth(inner)-axisColumn-4) + b.head() + 29 + 2*margin
}

// panelWidth is that within the margins of a still.
func (b Boundaries) panelWidth(inner vg.Length) vg.Length {
	return inner/vg.Length(b.columns()) - margin - 2
}

func (b Boundaries) head() (head vg.Length) {
	for _, s := range b.Stills {
		head = max(head, b.panel(s).headerHeight(b.panelWidth(DefaultWidth-2*margin)))
	}
	return head
}

func (b Boundaries) around() frame {
	f := frame{title: or(b.Title, "Decision boundary over the training"), subtitle: b.Subtitle, readNote: true}
	if len(b.Stills) == 0 || !(b.X[0] < b.X[1] && b.Y[0] < b.Y[1]) || !finite(b.X[1]-b.X[0]) || !finite(b.Y[1]-b.Y[0]) {
		f.empty = "nothing was predicted"
		return f
	}
	for i, class := range b.Classes {
		f.key = append(f.key, keyEntry{label: class, color: b.pointColor(float64(i)), dot: true})
	}
	if thin := b.thin(); thin > 1 {
		f.note = fmt.Sprintf("Every %s row of data is drawn.", ordinal(thin))
	}
	return f
}

func (b Boundaries) thin() int { return 1 + (len(b.Points)-1)/mostDots }

func ordinal(n int) string {
	if n%100 < 11 || n%100 > 13 {
		switch n % 10 {
		case 1:
			return fmt.Sprintf("%dst", n)
		case 2:
			return fmt.Sprintf("%dnd", n)
		case 3:
			return fmt.Sprintf("%drd", n)
		}
	}
	return fmt.Sprintf("%dth", n)
}

func (b Boundaries) scale() colorScale {
	if len(b.Classes) == 2 {
		return colorScale{label: or(b.Label, "probability of "+b.Classes[1]), lo: 0, hi: 1, colors: signedScale}
	}
	var all []float64
	for _, s := range b.Stills {
		all = append(all, s.numbers()...)
	}
	for _, p := range b.Points {
		all = append(all, p.Value)
	}
	return newColorScale(or(b.Label, "prediction"), all, false, false)
}

// pointColor is the colour of a class's dots; two have those of their sides of the scale.
func (b Boundaries) pointColor(class float64) color.RGBA {
	i := int(class)
	if len(b.Classes) == 2 && (i == 0 || i == 1) {
		return mixed(seriesColors[1-i], color.RGBA{A: 0xFF}, 0.25)
	}
	return seriesColor(max(0, i))
}

// Draw implements [Figure]. It is an error when the rows of a still differ in length.
func (b Boundaries) Draw(c draw.Canvas) error {
	for i, s := range b.Stills {
		for _, row := range s.Values {
			if len(row) != len(s.Values[0]) {
				return fmt.Errorf("figure: still %d, %q, has rows of %d and of %d values", i, s.Name, len(s.Values[0]), len(row))
			}
		}
	}
	around := b.around()
	if around.empty != "" {
		return around.draw(c)
	}
	c.SetColor(background)
	c.Fill(c.Rectangle.Path())
	c = around.drawHeader(around.drawNote(draw.Crop(c, margin, -margin, margin, -margin)))
	if b.bar() {
		grey := ""
		for _, s := range b.Stills {
			for _, v := range s.numbers() {
				if !finite(v) {
					grey = "NaN, Inf"
				}
			}
		}
		c = b.scale().drawColorBar(c, grey)
	}
	w, h := (c.Max.X-c.Min.X)/vg.Length(b.columns()), (c.Max.Y-c.Min.Y)/vg.Length(b.rows())
	for i, s := range b.Stills {
		x, y := c.Min.X+w*vg.Length(i%b.columns()), c.Max.Y-h*vg.Length(i/b.columns())
		panel := draw.Canvas{Canvas: c.Canvas, Rectangle: vg.Rectangle{Min: vg.Point{X: x - margin, Y: y - h}, Max: vg.Point{X: x + w - 2, Y: y}}}
		f := b.panel(s)
		f.head = b.head()
		if err := f.draw(panel); err != nil {
			return err
		}
	}
	return nil
}

func (b Boundaries) panel(s Still) frame {
	f := frame{title: s.Name, subtitle: s.Detail, noGrid: true, square: true,
		x: axis{label: or(b.XName, "x1"), lo: b.X[0], hi: b.X[1]}, y: axis{label: or(b.YName, "x2"), lo: b.Y[0], hi: b.Y[1]}}
	ticker := func(want int) plot.Ticker { return linearTicks{Want: min(4, want)} }
	f.x.ticker, f.y.ticker = ticker, ticker
	f.marks = []plot.Plotter{plane{b, s}}
	return f
}

// plane paints one still with its boundary and the data.
type plane struct {
	Boundaries
	still Still
}

// perPoint is how many pixels of the plane go to a point, 72 of which are an inch: as many as in a PNG.
const perPoint = 2

// alike are values whose difference is rounding: a model that says 0.5 everywhere has no boundary.
const alike = 1e-6

// Plot implements plot.Plotter.
func (p plane) Plot(c draw.Canvas, _ *plot.Plot) {
	rows, columns := shapeOf(p.still.Values)
	if rows == 0 || columns == 0 {
		return
	}
	scale := p.scale()
	pixels := max(8, int(perPoint*min(c.Max.X-c.Min.X, c.Max.Y-c.Min.Y)))
	across := float64(pixels)
	at := func(y, x int) float64 {
		return p.still.value((float64(y)+0.5)/across*float64(rows)-0.5, (float64(x)+0.5)/across*float64(columns)-0.5, len(p.Classes) < 3)
	}
	side := func(v float64) float64 {
		if len(p.Classes) == 2 && finite(v) {
			return math.Round(clamp(v, 0, 1))
		}
		return v
	}
	picture := raster(pixels, pixels, pixels, func(y, x int) color.RGBA {
		v := at(y, x)
		if len(p.Classes) > 1 {
			for _, beside := range []float64{at(max(0, y-1), x), at(y, max(0, x-1)), at(max(0, y-2), x), at(y, max(0, x-2))} {
				if apart := math.Abs(v - beside); apart > alike && finite(apart) && side(v) != side(beside) {
					return softInk
				}
			}
		}
		if len(p.Classes) > 2 && finite(v) {
			return pale(p.pointColor(v), 0.35)
		}
		return scale.color(v)
	})
	for i := 0; i < len(p.Points); i += p.thin() {
		q := p.Points[i]
		x, y := (q.X-p.X[0])/(p.X[1]-p.X[0])*across, (p.Y[1]-q.Y)/(p.Y[1]-p.Y[0])*across
		if !(x >= 0 && x <= across && y >= 0 && y <= across) {
			continue
		}
		if len(p.Classes) > 1 {
			paintDot(picture, x, y, 1.6*perPoint, p.pointColor(q.Value), background)
		} else {
			paintDot(picture, x, y, 1.6*perPoint, scale.color(q.Value), softInk)
		}
	}
	c.DrawImage(c.Rectangle, withPalette(picture, 0))
	box := rectangle(c.Min.X, c.Min.Y, c.Max.X, c.Max.Y)
	c.StrokeLines(draw.LineStyle{Color: axisColor, Width: hairline}, append(box, box[0]))
}

// value is the one at a place between cells, that of the next cell or in between.
func (s Still) value(row, column float64, between bool) float64 {
	rows, columns := shapeOf(s.Values)
	row, column = clamp(row, 0, float64(rows-1)), clamp(column, 0, float64(columns-1))
	if !between {
		return s.Values[int(row+0.5)][int(column+0.5)]
	}
	y, x := min(int(row), max(0, rows-2)), min(int(column), max(0, columns-2))
	y1, x1 := min(y+1, rows-1), min(x+1, columns-1)
	v, u := row-float64(y), column-float64(x)
	return (s.Values[y][x]*(1-u)+s.Values[y][x1]*u)*(1-v) + (s.Values[y1][x]*(1-u)+s.Values[y1][x1]*u)*v
}

// Text implements [Figure]: the stills with what they say of themselves.
func (b Boundaries) Text() string {
	lines := []string{or(b.Title, "Decision boundary over the training")}
	if empty := b.around().empty; empty != "" {
		return lines[0] + "\n  " + empty
	}
	for _, s := range b.Stills {
		low, high := finiteRange(s.numbers())
		what := b.scale().label
		if len(b.Classes) > 2 {
			what = "class"
		}
		lines = append(lines, fmt.Sprintf("  %s: %s from %s to %s", strings.TrimSuffix(s.Name+", "+s.Detail, ", "), what, number(low), number(high)))
	}
	return strings.Join(lines, "\n")
}

package figure

import (
	"fmt"
	"image/color"
	"math"
	"strings"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// Pictures shows numbers in two axes as pictures beside each other: images of the data, the filters of a convolution, what
// a layer makes of one image. All have one scale: the lowest number is white, the highest dark. NaN and infinity are grey.
type Pictures struct {
	Title    string // default: "Pictures"
	Subtitle string
	Pictures []Picture
	Columns  int  // pictures in a row; 0: 8, or as many as there are
	Signed   bool // around 0, which is white: above it blue, below it orange
	Apart    bool // each has a scale of its own
}

// Picture is one of [Pictures].
type Picture struct {
	Name   string      // above it
	Values [][]float64 // [row from the top][column]
	Muted  bool        // framed by dashes, for what is dead or left out
}

// PictureOf makes a picture of the numbers of one row of data with axes height, width and channels, of channel number channel:
// value at y, x lies at (y·width + x)·channels + channel. It is an error when values aren't as many.
func PictureOf(name string, values []float32, height, width, channels, channel int) (Picture, error) {
	if height < 1 || width < 1 || channel < 0 || channel >= channels || len(values) != height*width*channels {
		return Picture{}, fmt.Errorf("figure: channel %d of %d×%d×%d asked of %s", channel, height, width, channels, plural(len(values), "value"))
	}
	p := Picture{Name: name, Values: make([][]float64, height)}
	for y := range p.Values {
		for x := range width {
			p.Values[y] = append(p.Values[y], float64(values[(y*width+x)*channels+channel]))
		}
	}
	return p, nil
}

const (
	pictureGap  = vg.Length(7)
	pictureName = vg.Length(13)
	mostPicture = vg.Length(96) // the side of a picture
)

func (p Pictures) columns() int {
	if p.Columns > 0 {
		return p.Columns
	}
	return max(1, min(8, len(p.Pictures)))
}

// side is that of the square which each picture is fitted into.
func (p Pictures) side(width vg.Length) vg.Length {
	n := vg.Length(p.columns())
	return min(mostPicture, (width-(n-1)*pictureGap)/n)
}

// nameHeight is the room for names, none where there are none.
func (p Pictures) nameHeight() vg.Length {
	for _, one := range p.Pictures {
		if one.Name != "" {
			return pictureName
		}
	}
	return 0
}

// tall is the largest height of a picture over its width, at most 2.
func (p Pictures) tall() vg.Length {
	tall := vg.Length(0.1)
	for _, one := range p.Pictures {
		if len(one.Values) > 0 && len(one.Values[0]) > 0 {
			tall = max(tall, vg.Length(len(one.Values))/vg.Length(len(one.Values[0])))
		}
	}
	return min(2, tall)
}

// Size implements [Sizer]: it grows with the number of rows.
func (p Pictures) Size() (width, height vg.Length) {
	rows := (len(p.Pictures) + p.columns() - 1) / p.columns()
	inner := DefaultWidth - 24
	height = 24 + p.around().headerHeight(inner) + p.around().noteHeight(inner) + vg.Length(rows)*(p.side(inner)*p.tall()+p.nameHeight()+pictureGap)
	return DefaultWidth, min(maxHeight, max(1.2*vg.Inch, height))
}

func (p Pictures) around() frame {
	f := frame{title: or(p.Title, "Pictures"), subtitle: p.Subtitle}
	switch low, high := finiteRange(p.all()); {
	case len(p.Pictures) == 0:
		f.empty = "no pictures"
	case p.Apart && p.Signed:
		f.note = "Blue is above 0, orange below; each picture has its own scale."
	case p.Apart:
		f.note = "Darker is higher; each picture has its own scale."
	case p.Signed:
		f.note = fmt.Sprintf("Blue is above 0, orange below: from %s to %s.", number(low), number(high))
	default:
		f.note = fmt.Sprintf("White is %s, the darkest %s.", number(low), number(high))
	}
	return f
}

func (p Pictures) all() []float64 {
	var all []float64
	for _, one := range p.Pictures {
		for _, row := range one.Values {
			all = append(all, row...)
		}
	}
	return all
}

// Draw implements [Figure]. It is an error when the rows of a picture differ in length.
func (p Pictures) Draw(c draw.Canvas) error {
	for i, one := range p.Pictures {
		for _, row := range one.Values {
			if len(row) != len(one.Values[0]) {
				return fmt.Errorf("figure: picture %d, %q, has rows of %d and of %d values", i, one.Name, len(one.Values[0]), len(row))
			}
		}
	}
	f := p.around()
	if f.empty != "" {
		return f.draw(c)
	}
	c.SetColor(background)
	c.Fill(c.Rectangle.Path())
	c = draw.Crop(c, 12, -12, 12, -12)
	c = f.drawHeader(f.drawNote(c))
	side := p.side(c.Max.X - c.Min.X)
	height := side * p.tall()
	rows := vg.Length((len(p.Pictures) + p.columns() - 1) / p.columns())
	if room := (c.Max.Y - c.Min.Y) / rows; room < height+p.nameHeight()+pictureGap && room > p.nameHeight()+pictureGap {
		shrunk := room - p.nameHeight() - pictureGap
		side, height = side*shrunk/height, shrunk
	}
	low, high := finiteRange(p.all())
	for i, one := range p.Pictures {
		if p.Apart {
			var values []float64
			for _, row := range one.Values {
				values = append(values, row...)
			}
			low, high = finiteRange(values)
		}
		at := vg.Point{
			X: c.Min.X + vg.Length(i%p.columns())*(side+pictureGap),
			Y: c.Max.Y - vg.Length(i/p.columns())*(height+p.nameHeight()+pictureGap),
		}
		name := textStyle(smallSize, softInk)
		c.FillText(name, at, fit(one.Name, name, side))
		p.draw(c, one, vg.Rectangle{Min: vg.Point{X: at.X, Y: at.Y - p.nameHeight() - height}, Max: vg.Point{X: at.X + side, Y: at.Y - p.nameHeight()}}, low, high)
	}
	return nil
}

// draw fits a picture into a rectangle, at its upper left.
func (p Pictures) draw(c draw.Canvas, one Picture, r vg.Rectangle, low, high float64) {
	if len(one.Values) == 0 || len(one.Values[0]) == 0 {
		return
	}
	h, w := vg.Length(len(one.Values)), vg.Length(len(one.Values[0]))
	cell := min((r.Max.X-r.Min.X)/w, (r.Max.Y-r.Min.Y)/h)
	for y, row := range one.Values {
		for x, v := range row {
			// A hair more than a cell: no line shows between two of the same colour.
			left, top := r.Min.X+vg.Length(x)*cell, r.Max.Y-vg.Length(y)*cell
			right, bottom := min(left+cell+0.2, r.Min.X+w*cell), max(top-cell-0.2, r.Max.Y-h*cell)
			c.FillPolygon(p.color(v, low, high), rectangle(left, bottom, right, top))
		}
	}
	edge := draw.LineStyle{Color: axisColor, Width: 0.6}
	if one.Muted {
		edge = draw.LineStyle{Color: seriesColors[1], Width: 1.4, Dashes: []vg.Length{3, 2}}
	}
	box := rectangle(r.Min.X, r.Max.Y-h*cell, r.Min.X+w*cell, r.Max.Y)
	c.StrokeLines(edge, append(box, box[0]))
}

func (p Pictures) color(v, low, high float64) color.RGBA {
	switch {
	case !finite(v):
		return gridColor
	case p.Signed:
		most := max(math.Abs(low), math.Abs(high))
		if most == 0 {
			return background
		}
		side := seriesColors[0]
		if v < 0 {
			side = seriesColors[1]
		}
		return pale(side, math.Abs(v/most))
	case high == low:
		return heatScale[0]
	}
	return onScale(heatScale, v/(high-low)-low/(high-low))
}

// Text implements [Figure]: how many pictures there are, and between what their numbers lie.
func (p Pictures) Text() string {
	lines := []string{or(p.Title, "Pictures")}
	if len(p.Pictures) == 0 {
		return lines[0] + "\n  no pictures"
	}
	low, high := finiteRange(p.all())
	lines = append(lines, fmt.Sprintf("  %s, from %s to %s", plural(len(p.Pictures), "picture"), number(low), number(high)))
	flat := 0
	for _, one := range p.Pictures {
		var values []float64
		for _, row := range one.Values {
			values = append(values, row...)
		}
		if low, high := finiteRange(values); low == high {
			flat++
		}
	}
	if flat > 0 {
		lines = append(lines, fmt.Sprintf("  %d of one single value", flat))
	}
	return strings.Join(lines, "\n")
}

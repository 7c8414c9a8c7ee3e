package figure

import (
	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// Reference is a horizontal line to compare with, such as the loss of always
// predicting the mean. One that is not finite, or ≤ 0 on a log axis, is not
// drawn.
type Reference struct {
	Value float64
	Label string // stands in the margin, its value below it
}

var referenceStyle = draw.LineStyle{Color: softInk, Width: 0.9, Dashes: []vg.Length{1.2, 2.2}}

// addReferences puts dotted lines behind the curves and their labels among
// those of the curves' ends, where they cover nothing.
func (f *frame) addReferences(e *extent, marks []Reference) {
	for _, m := range marks {
		if !finite(m.Value) || (f.y.log && !onLog(m.Value)) {
			continue
		}
		e.addY(m.Value)
		f.marks = append([]plot.Plotter{referenceLine(m.Value)}, f.marks...)
		f.ends = append(f.ends, endLabel{
			name: or(m.Label, "reference"), detail: number(m.Value),
			color: softInk, dotted: true, x: e.xmax, y: m.Value, hasY: true,
		})
	}
}

type referenceLine float64

func (r referenceLine) Plot(c draw.Canvas, p *plot.Plot) {
	_, toY := p.Transforms(&c)
	c.StrokeLine2(referenceStyle, c.Min.X, toY(float64(r)), c.Max.X, toY(float64(r)))
}

// referenceLines are the lines of text that state references.
func referenceLines(marks []Reference) []string {
	var lines []string
	for _, m := range marks {
		lines = append(lines, "  "+or(m.Label, "reference")+": "+number(m.Value))
	}
	return lines
}

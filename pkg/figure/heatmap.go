package figure

import (
	"fmt"
	"image/color"
	"math"
	"strings"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/text"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"example.com/unstuck/internal/exponent"
)

// SweepHeatmap shows the final loss of a grid search over two settings, with
// the number in each cell; darker is lower, and the lowest is framed. A cell
// that is NaN or infinite is grey and says "diverged".
type SweepHeatmap struct {
	Title    string // default: "Final loss by setting"
	Subtitle string
	XName    string
	X        []string
	YName    string
	Y        []string    // from the top
	Loss     [][]float64 // [y][x]
	Tried    [][]bool    // [y][x]; false: its cell is empty, whatever its loss; nil, as missing ones: all were tried
	Linear   bool        // colours by value; default: by its logarithm where all are positive
	Low      float64     // losses at the ends of the colours, to compare figures, see [Alike]; Low and High 0: the lowest and the highest here
	High     float64
}

// Size implements [Sizer]: it grows with the number of rows.
func (s SweepHeatmap) Size() (width, height vg.Length) {
	height = max(2.6*vg.Inch, 1.5*vg.Inch+vg.Length(26*len(s.Y)))
	for _, name := range s.X {
		// A name too wide for its column is turned.
		if w := textStyle(bodySize, ink).Width(name); w*vg.Length(len(s.X)) > 0.6*DefaultWidth {
			return DefaultWidth, min(maxHeight, height+0.8*vg.Inch)
		}
	}
	return DefaultWidth, min(maxHeight, height)
}

// Draw implements [Figure]. It is an error when Loss is not as large as X and Y.
func (s SweepHeatmap) Draw(c draw.Canvas) error {
	f, err := s.frame()
	if err != nil {
		return err
	}
	return f.draw(c)
}

func (s SweepHeatmap) frame() (frame, error) {
	f := frame{title: or(s.Title, "Final loss by setting"), subtitle: s.Subtitle, noGrid: true,
		x: axis{label: s.XName, bare: true}, y: axis{label: s.YName}}
	if len(s.X) == 0 || len(s.Y) == 0 {
		f.empty = "no settings were tried"
		return f, nil
	}
	if len(s.Loss) != len(s.Y) {
		return f, fmt.Errorf("figure: heatmap has %s of losses for %d values of %s", plural(len(s.Loss), "row"), len(s.Y), or(s.YName, "y"))
	}
	for i, row := range s.Loss {
		if len(row) != len(s.X) {
			return f, fmt.Errorf("figure: heatmap row %d (%s) has %s for %d of %s", i+1, s.Y[i], plural(len(row), "value"), len(s.X), or(s.XName, "x"))
		}
	}
	f.x.lo, f.x.hi, f.y.lo, f.y.hi = -0.5, float64(len(s.X))-0.5, -0.5, float64(len(s.Y))-0.5
	f.x.ticker = func(int) plot.Ticker { return nameTicks(s.X, false) }
	f.y.ticker = func(int) plot.Ticker { return nameTicks(s.Y, true) }
	f.marks = []plot.Plotter{s.cells()}
	if _, _, ok := s.best(); ok {
		f.note = "Darker is lower; the lowest is framed."
	}
	return f, nil
}

func nameTicks(names []string, fromTop bool) plot.ConstantTicks {
	ticks := make(plot.ConstantTicks, len(names))
	for i, name := range names {
		at := i
		if fromTop {
			at = len(names) - 1 - i
		}
		ticks[i] = plot.Tick{Value: float64(at), Label: exponent.Short(name)}
	}
	return ticks
}

func (s SweepHeatmap) cells() heatCells {
	cells := heatCells{loss: s.Loss, log: !s.Linear, tried: s.tried}
	var all []float64
	for i, row := range s.Loss {
		for j, v := range row {
			if s.tried(i, j) {
				all = append(all, v)
			}
		}
	}
	cells.low, cells.high = finiteRange(all)
	if cells.lowest = cells.low; s.Low < s.High && finite(s.High-s.Low) {
		cells.low, cells.high = s.Low, s.High
	}
	cells.log = cells.log && cells.low >= tiniest
	return cells
}

func (s SweepHeatmap) tried(y, x int) bool {
	return y >= len(s.Tried) || x >= len(s.Tried[y]) || s.Tried[y][x]
}

// best returns the lowest finite loss; ok is false when there is none.
func (s SweepHeatmap) best() (x, y int, ok bool) {
	for i, row := range s.Loss {
		for j, v := range row {
			if finite(v) && s.tried(i, j) && (!ok || v < s.Loss[y][x]) {
				x, y, ok = j, i, true
			}
		}
	}
	return x, y, ok
}

// Text implements [Figure]: the best and worst setting, and how many diverged.
func (s SweepHeatmap) Text() string {
	lines := []string{or(s.Title, "Final loss by setting")}
	x, y, ok := s.best()
	if !ok {
		return lines[0] + "\n  no setting gave a finite loss"
	}
	tried, diverged := 0, 0
	for i, row := range s.Loss {
		for j, v := range row {
			if !s.tried(i, j) {
				continue
			}
			tried++
			if !finite(v) {
				diverged++
			}
		}
	}
	lines = append(lines, fmt.Sprintf("  lowest loss %s at %s %s, %s %s", number(s.Loss[y][x]), or(s.XName, "x"), label(s.X, x), or(s.YName, "y"), label(s.Y, y)))
	lines = append(lines, fmt.Sprintf("  %s tried, %d diverged", plural(tried, "setting"), diverged))
	return strings.Join(lines, "\n")
}

func label(names []string, i int) string {
	if i < len(names) {
		return names[i]
	}
	return fmt.Sprint(i + 1)
}

type heatCells struct {
	lowest    float64 // here, whatever the colours begin with
	loss      [][]float64
	low, high float64
	log       bool
	tried     func(y, x int) bool
}

// color is dark for low losses: those are looked for.
func (h heatCells) color(v float64) color.RGBA {
	if !finite(v) {
		return gridColor
	}
	low, high := h.low, h.high
	if h.log {
		v, low, high = math.Log(v), math.Log(low), math.Log(high)
	}
	if high == low {
		return forWords(onScale(heatScale, 0.5))
	}
	return forWords(onScale(heatScale, 0.05+0.85*(1-(v-low)/(high-low))))
}

// cellText writes v as exactly as the width allows; empty if it does not allow
// one digit.
func cellText(v float64, fill color.RGBA, width vg.Length) (string, text.Style) {
	forms := []string{number(v), number(roundTo(v, 2)), number(roundTo(v, 1))}
	tint := inkOn(fill)
	if !finite(v) {
		forms, tint = []string{"diverged", "div.", "×"}, softInk
	}
	for _, form := range forms {
		for _, size := range []float64{bodySize, smallSize} {
			style := textStyle(size, tint)
			style.XAlign, style.YAlign = draw.XCenter, draw.YCenter
			if style.Width(form) <= width {
				return form, style
			}
		}
	}
	return "", textStyle(smallSize, tint)
}

func (h heatCells) Plot(c draw.Canvas, p *plot.Plot) {
	toX, toY := p.Transforms(&c)
	var lowest [][]vg.Point
	for i, row := range h.loss {
		y := float64(len(h.loss) - 1 - i)
		for j, v := range row {
			x := float64(j)
			box := rectangle(toX(x-0.5)+0.6, toY(y-0.5)+0.6, toX(x+0.5)-0.6, toY(y+0.5)-0.6)
			if !h.tried(i, j) {
				c.StrokeLines(draw.LineStyle{Color: gridColor, Width: 0.8}, append(box, box[0]))
				continue
			}
			fill := h.color(v)
			c.FillPolygon(fill, box)
			if v == h.lowest {
				lowest = append(lowest, append(box, box[0], box[1]))
			}
			text, style := cellText(v, fill, box[1].X-box[0].X-2)
			if box[2].Y-box[1].Y > style.Font.Size {
				c.FillText(style, vg.Point{X: toX(x), Y: toY(y)}, text)
			}
		}
	}
	c.StrokeLines(draw.LineStyle{Color: seriesColors[1], Width: 2}, lowest...)
}

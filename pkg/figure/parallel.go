package figure

import (
	"cmp"
	"fmt"
	"image/color"
	"math"
	"slices"
	"strconv"
	"strings"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// SweepParallel shows a search over any number of settings: one vertical axis
// for each, one curve for each run, through its values to its final loss at
// the right. Darker is lower, and the best run is thick: where the dark curves
// meet on an axis, that setting matters. Runs that diverged are grey and end at
// the top.
type SweepParallel struct {
	Title    string // default: "Runs of the sweep"
	Subtitle string
	Settings []string // names of the axes
	Runs     []Trial
}

// Trial is one run of a sweep.
type Trial struct {
	Values []string // one for each setting
	Loss   float64  // final; NaN or infinite: diverged
}

// Draw implements [Figure]. It is an error when a run has another number of
// values than there are settings.
func (s SweepParallel) Draw(c draw.Canvas) error {
	f := frame{title: or(s.Title, "Runs of the sweep"), subtitle: s.Subtitle}
	if len(s.Runs) == 0 || len(s.Settings) == 0 {
		f.empty = "no runs"
		return f.draw(c)
	}
	for i, r := range s.Runs {
		if len(r.Values) != len(s.Settings) {
			return fmt.Errorf("figure: run %d has %s for %d settings", i+1, plural(len(r.Values), "value"), len(s.Settings))
		}
	}
	f.noGrid, f.flatNames = true, true
	last := float64(len(s.Settings))
	f.right = 46
	f.x = axis{bare: true, lo: -0.25, hi: last, ticker: func(int) plot.Ticker {
		return nameTicks(append(slices.Clone(s.Settings), "final loss"), false)
	}}
	f.y = axis{lo: -0.04, hi: 1.12, ticker: func(int) plot.Ticker { return plot.ConstantTicks{} }}
	curves := s.curves()
	f.marks = []plot.Plotter{curves}
	if curves.best >= 0 {
		f.note = "Darker is lower; the lowest run is thick."
		if curves.log && curves.high > curves.low {
			f.note = "Darker is lower; the lowest run is thick. The last axis is logarithmic."
		}
	}
	return f.draw(c)
}

// levels returns the different values of setting i, numbers by size, then
// words by first appearance.
func (s SweepParallel) levels(i int) []string {
	var out []string
	for _, r := range s.Runs {
		if !slices.Contains(out, r.Values[i]) {
			out = append(out, r.Values[i])
		}
	}
	slices.SortStableFunc(out, func(a, b string) int {
		x, errX := strconv.ParseFloat(a, 64)
		y, errY := strconv.ParseFloat(b, 64)
		if errX != nil || errY != nil {
			return 0
		}
		return cmp.Compare(x, y)
	})
	return out
}

func (s SweepParallel) curves() parallelCurves {
	p := parallelCurves{sweep: s, best: -1}
	var losses []float64
	for i, r := range s.Runs {
		losses = append(losses, r.Loss)
		if finite(r.Loss) && (p.best < 0 || r.Loss < s.Runs[p.best].Loss) {
			p.best = i
		}
	}
	p.low, p.high = finiteRange(losses)
	p.log = p.low >= tiniest
	for i := range s.Settings {
		p.levels = append(p.levels, s.levels(i))
	}
	return p
}

type parallelCurves struct {
	sweep     SweepParallel
	levels    [][]string
	low, high float64
	log       bool
	best      int
}

const divergedHeight = 1.08

// height places a loss on the last axis: 0 for the lowest, 1 for the highest
// finite one, a little more for runs that diverged.
func (p parallelCurves) height(loss float64) float64 {
	if !finite(loss) {
		return divergedHeight
	}
	low, high := p.low, p.high
	if p.log {
		loss, low, high = math.Log(loss), math.Log(low), math.Log(high)
	}
	if high == low {
		return 0.5
	}
	return (loss - low) / (high - low)
}

func (p parallelCurves) color(loss float64) color.RGBA {
	if !finite(loss) {
		return color.RGBA{R: 0xC4, G: 0xC8, B: 0xCD, A: 0xFF}
	}
	return onScale(viridis, 0.88*p.height(loss))
}

func level(i, n int) float64 {
	if n < 2 {
		return 0.5
	}
	return float64(i) / float64(n-1)
}

func (p parallelCurves) Plot(c draw.Canvas, pl *plot.Plot) {
	toX, toY := pl.Transforms(&c)
	for i := range len(p.levels) + 1 {
		x := toX(float64(i))
		c.StrokeLine2(draw.LineStyle{Color: axisColor, Width: hairline}, x, toY(0), x, toY(1))
	}
	// From the worst to the best, so that the best lie on top.
	order := make([]int, len(p.sweep.Runs))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int {
		return cmp.Compare(p.height(p.sweep.Runs[b].Loss), p.height(p.sweep.Runs[a].Loss))
	})
	for _, i := range order {
		r := p.sweep.Runs[i]
		points := make([]vg.Point, 0, len(p.levels)+1)
		for j, levels := range p.levels {
			points = append(points, vg.Point{X: toX(float64(j)), Y: toY(level(slices.Index(levels, r.Values[j]), len(levels)))})
		}
		points = append(points, vg.Point{X: toX(float64(len(p.levels))), Y: toY(p.height(r.Loss))})
		style := draw.LineStyle{Color: p.color(r.Loss), Width: 1}
		if i == p.best {
			style.Width = 2.6
		}
		c.StrokeLines(style, points)
	}
	p.drawLevels(c, toX, toY)
}

func (p parallelCurves) drawLevels(c draw.Canvas, toX, toY func(float64) vg.Length) {
	style := textStyle(bodySize, ink)
	style.YAlign = draw.YCenter
	put := func(x float64, y float64, text string) {
		at := vg.Point{X: toX(x) + 5, Y: toY(y)}
		if x < float64(len(p.levels)) {
			text = fit(text, style, toX(x+1)-toX(x)-10)
		}
		w := style.Width(text)
		c.FillPolygon(background, rectangle(at.X-2, at.Y-style.Font.Size*0.6, at.X+w+2, at.Y+style.Font.Size*0.6))
		c.FillText(style, at, text)
	}
	for j, levels := range p.levels {
		// Names for which an axis is too short are left out.
		every := 1
		for space := toY(1) - toY(0); len(levels) > 1 && space*vg.Length(every)/vg.Length(len(levels)-1) < style.Font.Size; {
			every++
		}
		for i := 0; i < len(levels); i += every {
			put(float64(j), level(i, len(levels)), levels[i])
		}
	}
	last := float64(len(p.levels))
	if p.best >= 0 {
		put(last, p.height(p.low), number(p.low))
		if p.high > p.low {
			put(last, 1, number(p.high))
		}
	}
	if slices.ContainsFunc(p.sweep.Runs, func(t Trial) bool { return !finite(t.Loss) }) {
		put(last, divergedHeight, "diverged")
	}
}

// Text implements [Figure]: the three best runs, and how many diverged.
func (s SweepParallel) Text() string {
	lines := []string{or(s.Title, "Runs of the sweep")}
	runs := slices.Clone(s.Runs)
	runs = slices.DeleteFunc(runs, func(t Trial) bool { return !finite(t.Loss) })
	slices.SortStableFunc(runs, func(a, b Trial) int { return cmp.Compare(a.Loss, b.Loss) })
	lines = append(lines, fmt.Sprintf("  %s, %d diverged", plural(len(s.Runs), "run"), len(s.Runs)-len(runs)))
	for _, r := range runs[:min(3, len(runs))] {
		var parts []string
		for i, v := range r.Values {
			parts = append(parts, label(s.Settings, i)+" "+v)
		}
		lines = append(lines, "  "+number(r.Loss)+": "+strings.Join(parts, ", "))
	}
	return strings.Join(lines, "\n")
}

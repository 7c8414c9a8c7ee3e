package figure

import (
	"fmt"
	"slices"
	"strings"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg/draw"
)

// Lines shows values along something that is counted from 1 and isn't epochs:
// the steps of a training, the layers of a model, the places of a sequence.
// NaN and infinite values interrupt a line, as in [LossCurves].
type Lines struct {
	Title    string
	Subtitle string
	XLabel   string // what is counted; default: "Step"
	YLabel   string // what is measured, with its unit
	LogY     bool   // log axis; values ≤ 0 are left out and counted in a note
	Series   []Series
	Marks    []Reference
	// Low and High are where the axis ends at the latest, so that rounding doesn't look like a change; both 0: where the values end.
	Low, High float64
	// Focus, counted from 1, is the line that stands out among the others, as that of [LossCurves]; 0: all alike.
	Focus int
	// Gaps: NaN is what wasn't measured. It interrupts a line, but isn't told as a divergence.
	Gaps bool
}

// Series is a named line.
type Series struct {
	Name   string
	Values []float64
	Dashed bool // for one that may lie on another
	Color  Color
}

// Draw implements [Figure].
func (l Lines) Draw(c draw.Canvas) error { return l.frame().draw(c) }

func (l Lines) frame() frame {
	curves := LossCurves{
		Title: l.Title, Subtitle: l.Subtitle, XLabel: or(l.XLabel, "Step"), YLabel: or(l.YLabel, "Value"),
		LogY: l.LogY, Marks: l.Marks, Focus: l.Focus,
	}
	for _, s := range l.Series {
		run := Run{Name: s.Name, Train: s.Values, Color: s.Color}
		if s.Dashed {
			run = Run{Name: s.Name, Validation: s.Values, Color: s.Color}
		}
		curves.Runs = append(curves.Runs, run)
	}
	f := curves.frame()
	f.key = nil
	f.focusOn(l.Focus, len(l.Series))
	if f.empty != "" {
		f.empty = "nothing to show"
		return f
	}
	if l.Low < l.High && !(l.LogY && l.Low <= 0) {
		f.y.lo, f.y.hi = min(f.y.lo, l.Low), max(f.y.hi, l.High)
	}
	longest := 0
	for i, s := range l.Series {
		f.ends[i].detail = s.end(l.Gaps)
		longest = max(longest, len(s.Values))
	}
	if l.Gaps && longest > 1 { // what wasn't measured has its room, too
		f.x.lo, f.x.hi = 1, float64(longest)
	}
	if l.Gaps {
		f.marks = slices.DeleteFunc(f.marks, func(p plot.Plotter) bool { _, is := p.(cross); return is })
	}
	if slices.ContainsFunc(l.Series, func(s Series) bool { return s.Dashed }) { // a dashed line would vanish under a solid one
		slices.SortStableFunc(f.marks, func(a, b plot.Plotter) int { return rank(a) - rank(b) })
	}
	return f
}

// rank is in which turn a mark is drawn.
func rank(p plot.Plotter) int {
	if c, ok := p.(*curve); ok && c.dashed {
		return 1
	}
	return 0
}

// end is what stands at the end of a line: its last value, or where it isn't finite any more.
func (s Series) end(gaps bool) string {
	if at := firstBad(s.Values); at > 0 && !gaps {
		return fmt.Sprintf("not finite at %d", at)
	}
	for _, v := range slices.Backward(s.Values) {
		if finite(v) {
			return number(v)
		}
	}
	return "not measured"
}

// Text implements [Figure].
func (l Lines) Text() string {
	lines := []string{l.Title}
	for i, s := range l.Series {
		if l.Focus == 0 || l.Focus == i+1 {
			lines = append(lines, "  "+or(s.Name, fmt.Sprintf("line %d", i+1))+": "+s.text(l.Gaps))
		}
	}
	return strings.Join(append(lines, referenceLines(l.Marks)...), "\n")
}

// text tells a line in numbers: its ends, and where it is lowest and highest.
func (s Series) text(gaps bool) string {
	n := len(s.Values)
	if n == 0 {
		return "no value"
	}
	if measured := len(slices.DeleteFunc(slices.Clone(s.Values), func(v float64) bool { return !finite(v) })); gaps && measured < n {
		low, high := finiteRange(s.Values)
		if measured == 0 {
			return "not measured"
		}
		return fmt.Sprintf("measured at %d of %d, from %s to %s", measured, n, number(low), number(high))
	}
	text := fmt.Sprintf("%s at 1, %s at %d", number(s.Values[0]), number(s.Values[n-1]), n)
	if at := firstBad(s.Values); at > 0 {
		return text + fmt.Sprintf(", not finite from %d on", at)
	}
	low, high := 0, 0
	for i, v := range s.Values {
		if v < s.Values[low] {
			low = i
		}
		if v > s.Values[high] {
			high = i
		}
	}
	if low != 0 && low != n-1 {
		text += fmt.Sprintf(", lowest %s at %d", number(s.Values[low]), low+1)
	}
	if high != 0 && high != n-1 {
		text += fmt.Sprintf(", highest %s at %d", number(s.Values[high]), high+1)
	}
	return text
}

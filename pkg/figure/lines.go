package figure

import (
	"fmt"
	"strings"

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
}

// Series is a named line.
type Series struct {
	Name   string
	Values []float64
}

// Draw implements [Figure].
func (l Lines) Draw(c draw.Canvas) error { return l.frame().draw(c) }

func (l Lines) frame() frame {
	curves := LossCurves{
		Title: l.Title, Subtitle: l.Subtitle, XLabel: or(l.XLabel, "Step"), YLabel: or(l.YLabel, "Value"),
		LogY: l.LogY, Marks: l.Marks,
	}
	for _, s := range l.Series {
		curves.Runs = append(curves.Runs, Run{Name: s.Name, Train: s.Values})
	}
	f := curves.frame()
	for i, s := range l.Series {
		if at := firstBad(s.Values); at > 0 && i < len(f.ends) {
			f.ends[i].detail = fmt.Sprintf("not finite at %d", at)
		}
	}
	return f
}

// Text implements [Figure].
func (l Lines) Text() string {
	lines := []string{l.Title}
	for i, s := range l.Series {
		lines = append(lines, "  "+or(s.Name, fmt.Sprintf("line %d", i+1))+": "+s.text())
	}
	return strings.Join(append(lines, referenceLines(l.Marks)...), "\n")
}

// text tells a line in numbers: its ends, and where it is lowest and highest.
func (s Series) text() string {
	n := len(s.Values)
	if n == 0 {
		return "no value"
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

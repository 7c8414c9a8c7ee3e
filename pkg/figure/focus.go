package figure

import (
	"fmt"
	"slices"

	"gonum.org/v1/plot/vg"
)

// focus is one curve, counted from 1, that stands out among so many; 0: none does.
type focus struct{ on, of int }

const recededWidth = vg.Length(0.9)

// recede makes a curve one of those that another stands out from.
func (c *curve) recede() { c.color, c.width = axisColor, recededWidth }

// focusOn has the frame name that curve alone, and the others as such.
func (f *frame) focusOn(one, of int) {
	f.focus = focus{one, of}
	if one != 0 && of > 1 {
		f.key = append(f.key, keyEntry{label: fmt.Sprintf("the other %d", of-1), color: axisColor})
	}
}

// named are the labels that are written. The room beside the data is that of all of them, so that it is the same
// whichever curve stands out.
func (f frame) named() []endLabel {
	if f.focus.on == 0 || len(f.ends) == 0 {
		return f.ends
	}
	labels := slices.Clone(f.ends[f.focus.of:]) // of reference lines
	if f.focus.on >= 1 && f.focus.on <= f.focus.of {
		labels = append(labels, f.ends[f.focus.on-1])
	}
	return labels
}

// colorOf is a run's colour. Whichever run stands out has the first one, unless it has one of its own: it is what the eye looks for.
func (l LossCurves) colorOf(r Run) Color {
	if l.Focus != 0 && r.Color == 0 {
		return 1
	}
	return r.Color
}

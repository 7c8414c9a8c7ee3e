package doctor

import (
	"math"
	"slices"

	"example.com/unstuck/pkg/dataset"
)

// heldCarry tells whether the validation rows carry a judgement on what holds for other rows: they have a loss, their targets differ, and a
// model that explains of them what it does would hardly show so large a gap by chance, see confirm. Rows that are split off behind sorted
// ones may have one target for that very reason.
func (p *Patient) heldCarry(o *Outcome) bool {
	if math.IsNaN(o.Progress - o.ValidationProgress) {
		return false
	}
	if p.Training.ValidationSplit != 0 && targetShift.of(p) >= largeShift {
		return true
	}
	d := p.Training.ValidationData()
	chance := 2 * math.Sqrt(max(0, o.Progress)/float64(d.Rows()))
	return slices.ContainsFunc(d.Outputs(), differ) && o.Progress-max(0, o.ValidationProgress) > chance
}

// heldRemark says why nothing is told of validation rows that a training does badly on; empty: it doesn't, or something is.
func (p *Patient) heldRemark(o *Outcome) string {
	switch {
	case !p.Training.Validated() || o.ValidationProgress >= validationAt || p.heldCarry(o):
		return ""
	case math.IsNaN(o.ValidationProgress):
		return "On the validation rows the loss is not a number, so they say nothing."
	case !slices.ContainsFunc(p.Training.ValidationData().Outputs(), differ):
		return "The validation rows all have the same target, so there is nothing of them to be explained."
	}
	return "It explains less of the validation rows, but so few rows scatter by as much."
}

// differ tells whether any row of an array is unlike the first.
func differ(a dataset.Array) bool {
	for row := 1; row < a.Rows(); row++ {
		if !slices.Equal(a.Row(row), a.Row(0)) {
			return true
		}
	}
	return false
}

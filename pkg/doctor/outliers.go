package doctor

import (
	"fmt"
	"math"
	"slices"

	"example.com/unstuck/pkg/dataset"
	"example.com/unstuck/pkg/training"
)

// Values that are out of all proportion to the others are mistakes: a decimal point, a unit, a number that stands for "missing".
const (
	outlierGap  = 10   // times as far from the median as the farthest of the others: with no distribution is that chance
	fewOutliers = 0.02 // of the rows
)

// outliers are the rows in which a column, of targets or features, is out of all proportion, a few and far from all others; nil: there
// are none.
func outliers(y dataset.Array) []int {
	size := y.RowSize()
	var rows []int
	for column := range size {
		type distant struct {
			row      int
			distance float64
		}
		var all []distant
		var values []float64
		for row := range y.Rows() {
			if v := float64(y.Values[row*size+column]); finite(v) {
				values = append(values, v)
			}
		}
		if len(values) == 0 {
			continue
		}
		middle := median(values)
		for row := range y.Rows() {
			if v := float64(y.Values[row*size+column]); finite(v) {
				all = append(all, distant{row, math.Abs(v - middle)})
			}
		}
		slices.SortStableFunc(all, func(a, b distant) int { return compareDescending(a.distance, b.distance) })
		if all[len(all)/2].distance == 0 {
			continue // most are one value, 0 as a rule, and the others are far from it by nature
		}
		for k := int(max(1, fewOutliers*float64(len(all)))); k >= 1; k-- {
			if k < len(all) && all[k].distance > 0 && all[k-1].distance >= outlierGap*all[k].distance {
				for _, d := range all[:k] {
					rows = append(rows, d.row)
				}
				break
			}
		}
	}
	slices.Sort(rows)
	return slices.Compact(rows)
}

// strayTargets is the treatment where a few targets are out of all proportion, and the symptom.
func (p *Patient) strayTargets(o output) (s Symptom, t Treatment, found bool) {
	rows := outliers(o.Targets)
	if len(rows) == 0 {
		return s, t, false
	}
	drop := training.DropRows{Data: rows}
	if held := p.Training.Validation; held.Rows() > 0 {
		drop.Validation = outliers(held.Outputs()[o.At])
	}
	s = Symptom{Gauge: "targets out of all proportion", Got: float64(len(rows)), Limit: "0",
		Text: o.of() + fmt.Sprintf("the targets of %d %s are %d times as far from the median as all others, or farther: %s %s, the first of them %.4g",
			len(rows), plural(len(rows), "row"), outlierGap, plural(len(rows), "row"), named(rows), farthest(o.Targets, rows[0]))}
	return s, dropRows(o, drop, "with targets out of all proportion"), true
}

// strayInputs is the treatment where features of a few rows are out of all proportion, and the symptom. It looks at tables alone: of an
// image or a series a place has no proportion of its own.
func (p *Patient) strayInputs() (s Symptom, t Treatment, found bool) {
	of := func(d dataset.Data) (rows []int) {
		for _, x := range d.Inputs() {
			if len(x.Shape) == 2 {
				rows = append(rows, outliers(x)...)
			}
		}
		slices.Sort(rows)
		return slices.Compact(rows)
	}
	drop := training.DropRows{Data: of(p.Training.Data)}
	n := len(drop.Data)
	if n == 0 || float64(n) > max(1, fewOutliers*float64(p.Training.Data.Rows())) {
		return s, t, false
	}
	if p.Training.Validation.Rows() > 0 {
		drop.Validation = of(p.Training.Validation)
	}
	s = Symptom{Gauge: "rows with a feature out of all proportion", Got: float64(n), Limit: "0",
		Text: fmt.Sprintf("a feature of %d %s is %d times as far from its median as that of all others, or farther: %s %s", n, plural(n, "row"), outlierGap, plural(n, "row"), named(drop.Data))}
	return s, dropRows(output{}, drop, "with a feature out of all proportion"), true
}

// farthest is the target of a row that is farthest from 0.
func farthest(y dataset.Array, row int) float64 {
	far := 0.0
	for _, v := range y.Row(row) {
		if math.Abs(float64(v)) > math.Abs(far) {
			far = float64(v)
		}
	}
	return far
}

package doctor

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"example.com/unstuck/pkg/dataset"
	"example.com/unstuck/pkg/loss"
	"example.com/unstuck/pkg/training"
)

// A few labels that are none are mistakes in these rows, many are another way to number the classes.
const (
	fewStrangers = 0.05 // of all labels
	rareStranger = 0.5  // of what a class has on average: a class that no unit stands for has as many as the others
)

// strangers are the places of targets that are no class of so many.
func strangers(y dataset.Array, classes int) []int {
	var at []int
	for i, v := range y.Values {
		if !(v >= 0 && v < float32(classes) && v == float32(math.Trunc(float64(v)))) {
			at = append(at, i)
		}
	}
	return at
}

// heldStrangers says of the validation rows what [mismatch] says of those trained on: that some are of no class that the last layer has a
// unit for, where those trained on all are; empty: there are none.
func (p *Patient) heldStrangers(o output, h head) (text string, got float64, _ Treatment) {
	if !isSparse(o.Loss) || !p.Training.Validated() || h.other {
		return "", 0, Treatment{}
	}
	y := p.Training.ValidationData().Outputs()[o.At]
	at := strangers(y, h.units)
	if len(at) == 0 {
		return "", 0, Treatment{}
	}
	first, largest, classes := y.Values[at[0]], float32(0), true
	for _, i := range at {
		v := y.Values[i]
		classes = classes && v >= 0 && v < mostUnits && v == float32(math.Trunc(float64(v)))
		largest = max(largest, v)
	}
	text = fmt.Sprintf("%d of %d targets of the validation rows are no class, the first of them %.4g in row %d of these: %d outputs stand for classes 0 to %d, which those trained on are; such rows have no loss, and the validation loss is NaN",
		len(at), len(y.Values), first, at[0]/max(1, y.RowSize())+1, h.units, h.units-1)
	if units := int(largest) + 1; classes {
		return text, float64(largest), Treatment{Text: o.of() + fmt.Sprintf("give the last layer %d units, and the training rows of each class, or take the others out of the validation rows", units),
			Apply: func(c training.Training) (training.Training, error) {
				var err error
				c.Model, err = withHead(c.Model, o.At, units, h.activation)
				return c, err
			}}
	}
	rows := rowsOfPlaces(at, y.RowSize())
	drop := training.DropRows{Validation: rows}
	if p.Training.Validation.Rows() == 0 {
		drop = training.DropRows{}
		for _, row := range rows {
			drop.Data = append(drop.Data, row+p.Training.TrainRows())
		}
	}
	return text, float64(first), Treatment{Text: o.of() + fmt.Sprintf("take the %d %s without a class out of the validation rows, or correct them", len(rows), plural(len(rows), "row")),
		Apply: func(c training.Training) (training.Training, error) { return c.Prepare(drop) }}
}

// mostUnits is how many classes a last layer is given for class numbers of the validation rows.
const mostUnits = 1000

// foundAt says how many targets are no class, and where the first of them is.
func foundAt(o output, classes int) string {
	at := strangers(o.Targets, classes)
	if len(at) == 0 {
		return ""
	}
	return fmt.Sprintf("; %d of %d targets are no class, the first of them %.4g in row %d", len(at), len(o.Targets.Values), o.Targets.Values[at[0]], at[0]/max(1, o.Targets.RowSize())+1)
}

// strayLabels are the treatments where a few labels are none of the classes that the others are of; nil: there are none, or too many.
func (p *Patient) strayLabels(o output, classes int) []Treatment {
	y := o.Targets
	at := strangers(y, classes)
	few := min(fewStrangers*float64(len(y.Values)), rareStranger*float64(len(y.Values)-len(at))/float64(classes))
	if len(at) == 0 || float64(len(at)) > max(1, few) {
		return p.ignoredLabel(o, at, classes)
	}
	rows := rowsOfPlaces(at, y.RowSize())
	drop := training.DropRows{Data: rows}
	if held := p.Training.Validation; held.Rows() > 0 {
		y := held.Outputs()[o.At]
		drop.Validation = rowsOfPlaces(strangers(y, classes), y.RowSize())
	}
	return append([]Treatment{dropRows(o, drop, "with labels that are no class")}, p.ignoredLabel(o, at, classes)...)
}

// ignoredLabel lets the loss pass over one label that marks what isn't labelled, −1 or 255, at places of a row: the others of the row
// stay. Where a class of so many has no label, or the label is the next behind them, the classes may be numbered otherwise instead.
func (p *Patient) ignoredLabel(o output, at []int, classes int) []Treatment {
	if o.places < 2 || len(at) == 0 || o.Targets.Values[at[0]] == float32(classes) {
		return nil
	}
	for k := range classes {
		if !slices.Contains(o.Targets.Values, float32(k)) {
			return nil
		}
	}
	label := float64(o.Targets.Values[at[0]])
	other := slices.ContainsFunc(at, func(i int) bool { return float64(o.Targets.Values[i]) != label })
	s, sparse := o.Loss.(loss.SparseCategoricalCrossentropy)
	if other || !sparse || label != math.Trunc(label) || math.Abs(label) > 1<<24 {
		return nil
	}
	s.Ignore = append(slices.Clip(s.Ignore), int(label))
	s.NaNOfNone = s.NaNOfNone || p.Training.OfTorch()
	return []Treatment{{Text: o.of() + fmt.Sprintf("let the loss pass over the label %.4g", label), Apply: func(c training.Training) (training.Training, error) {
		return c.WithLoss(o.At, s), nil
	}}}
}

// rowsOfPlaces are the rows in which places of an array lie.
func rowsOfPlaces(at []int, rowSize int) []int {
	var rows []int
	for _, i := range at {
		if row := i / max(1, rowSize); len(rows) == 0 || rows[len(rows)-1] != row {
			rows = append(rows, row)
		}
	}
	return rows
}

// mostNamed is how many rows a sentence names.
const mostNamed = 10

// named lists rows as people count in a table, from 1.
func named(rows []int) string {
	var each []string
	for _, row := range rows[:min(mostNamed, len(rows))] {
		each = append(each, strconv.Itoa(row+1))
	}
	names := strings.Join(each, ", ")
	if len(rows) > mostNamed {
		names += ", …"
	}
	return names
}

// dropRows leaves rows out; why they are is a relative clause.
func dropRows(o output, drop training.DropRows, why string) Treatment {
	text := fmt.Sprintf("take out row %s %s, or correct it", named(drop.Data), why)
	if n := len(drop.Data); n != 1 {
		text = fmt.Sprintf("take out the %d rows %s, or correct them: rows %s", n, why, named(drop.Data))
	}
	return Treatment{Text: o.of() + text, Apply: func(c training.Training) (training.Training, error) { return c.Prepare(drop) }}
}

package explore

import (
	"cmp"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
)

// By is the table of the same trials by another of their losses in the last epoch, "loss" or "val_loss", best first: whether the settings
// that train best are those that hold elsewhere, too. Of other metrics a trial has no more than its score: they are an error, as are
// validation losses where there are none.
func (t Table) By(monitor string) (Table, error) {
	var trials []Trial
	for _, row := range t.Rows {
		for _, one := range row.Trials {
			losses := one.Loss
			switch monitor {
			case "loss":
			case "val_loss":
				losses = one.Validation
			default:
				return Table{}, fmt.Errorf("explore: a table by %q: it can be by loss or val_loss; search with SearchOptions.Monitor for others", monitor)
			}
			if one.Err == "" && len(one.Loss) > 0 && len(losses) == 0 {
				return Table{}, errors.New("explore: a table by val_loss: the training had no validation data")
			}
			one.Score = math.NaN()
			if n := len(losses); n > 0 {
				one.Score = losses[n-1]
			}
			trials = append(trials, one)
		}
	}
	return TableOf(trials, monitor, false), nil
}

// At is the part of the table with that label of an axis, the axis left out: one column of [Table.Grid], with its trials. It is an error when
// there is no such axis or label.
func (t Table) At(axis, label string) (Table, error) {
	if !slices.Contains(t.Axes, axis) {
		return Table{}, fmt.Errorf("explore: the table has no axis %q; it has %s", axis, strings.Join(t.Axes, ", "))
	}
	part := t
	part.Axes, part.Rows = slices.DeleteFunc(slices.Clone(t.Axes), func(a string) bool { return a == axis }), nil
	var labels []string
	for _, r := range t.Rows {
		labels = addNew(labels, r.Label(axis))
		if r.Label(axis) == label {
			r.Settings = slices.DeleteFunc(slices.Clone(r.Settings), func(s Setting) bool { return s.Axis == axis })
			part.Rows = append(part.Rows, r)
		}
	}
	if len(part.Rows) == 0 {
		return Table{}, fmt.Errorf("explore: no row of the table has %s %q; there are %s", axis, label, strings.Join(labels, ", "))
	}
	return part, nil
}

// InOrder is the table in the order of the points that were searched in place of best first: with it a setting has the same place, and in
// figures the same colour, in all of several tables.
func (t Table) InOrder() Table {
	t.Rows = slices.SortedStableFunc(slices.Values(t.Rows), func(a, b Row) int { return cmp.Compare(a.Point, b.Point) })
	return t
}

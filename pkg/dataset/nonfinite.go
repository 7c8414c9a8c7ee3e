package dataset

import (
	"fmt"
	"slices"
)

// DropNonFinite returns the rows whose inputs and targets are all finite, a copy. It fails when there is none.
func (d Data) DropNonFinite() (Data, error) {
	if err := d.ValidateShapes(); err != nil {
		return Data{}, err
	}
	bad := d.NonFiniteRows()
	var keep []int
	for row := range d.Rows() {
		if _, is := slices.BinarySearch(bad, row); !is {
			keep = append(keep, row)
		}
	}
	if len(keep) == 0 {
		return Data{}, fmt.Errorf("dataset: DropNonFinite: %w: none of %d is finite in all its values", ErrNoRows, d.Rows())
	}
	return d.take(keep), nil
}

// NonFiniteRows lists the rows, in order, in which an input or a target is NaN or infinite.
func (d Data) NonFiniteRows() []int {
	var rows []int
	all := slices.Concat(d.Inputs(), d.Outputs())
	for row := range d.Rows() {
		if slices.ContainsFunc(all, func(a Array) bool {
			return slices.ContainsFunc(a.Row(row), func(v float32) bool { return !finite(v) })
		}) {
			rows = append(rows, row)
		}
	}
	return rows
}

package dataset

import (
	"fmt"
	"slices"
)

// Without returns all rows of d but the given ones, counted from 0, in their order, a copy; none given: all of them. A row may be named
// twice. It fails for a row that isn't there, and when none is left.
func (d Data) Without(rows []int) (Data, error) {
	if err := d.ValidateShapes(); err != nil {
		return Data{}, err
	}
	out := slices.Sorted(slices.Values(rows))
	if len(out) > 0 && (out[0] < 0 || out[len(out)-1] >= d.Rows()) {
		return Data{}, fmt.Errorf("dataset: Without: rows %d to %d of %d rows", out[0], out[len(out)-1], d.Rows())
	}
	var keep []int
	for row := range d.Rows() {
		if _, is := slices.BinarySearch(out, row); !is {
			keep = append(keep, row)
		}
	}
	if len(keep) == 0 {
		return Data{}, fmt.Errorf("dataset: Without: %w: all %d are left out", ErrNoRows, d.Rows())
	}
	return d.take(keep), nil
}

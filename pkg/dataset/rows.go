package dataset

import (
	"fmt"
	"math"
)

// Number is what a value of a Go slice can be that becomes float32 in an [Array].
type Number interface {
	~float32 | ~float64 | ~int | ~int8 | ~int16 | ~int32 | ~int64 | ~uint8 | ~uint16 | ~uint32
}

// FromRows makes Data of Go slices, which it copies: row i of x is answered by row i of y. Where y is one number a row, as
// []float64, X and Y are made one by one, by [RowsOf] and [ColumnOf].
//
//	data, err := dataset.FromRows(xs, ys) // both [][]float64
//
// Errors name the row, counted from 1: one of another length than the first, or without values, and a number that float32
// can't hold; and x and y of different length. NaN and infinities pass, see [Data.Validate]; whole numbers beyond 16,777,216
// are rounded.
func FromRows[X, Y Number](x [][]X, y [][]Y) (Data, error) {
	inputs, err := rowsOf("x: ", x)
	if err != nil {
		return Data{}, err
	}
	targets, err := rowsOf("y: ", y)
	if err != nil {
		return Data{}, err
	}
	d := Data{X: inputs, Y: targets}
	if err := d.ValidateShapes(); err != nil {
		return Data{}, err
	}
	return d, nil
}

// RowsOf makes an Array [rows, values] of Go slices, which it copies. Its errors are those of [FromRows].
func RowsOf[V Number](rows [][]V) (Array, error) { return rowsOf("", rows) }

// ColumnOf makes an Array [rows, 1] of a Go slice with one number for each row, which it copies. Its errors are those of
// [FromRows].
func ColumnOf[V Number](values []V) (Array, error) {
	if len(values) == 0 {
		return Array{}, fmt.Errorf("dataset: the slice is empty: %w", ErrNoRows)
	}
	column, err := appendNumbers(make([]float32, 0, len(values)), values, func(i int) string { return fmt.Sprintf("row %d", i+1) })
	if err != nil {
		return Array{}, err
	}
	return Array{Shape: []int{len(values), 1}, Values: column}, nil
}

func rowsOf[V Number](what string, rows [][]V) (Array, error) {
	if len(rows) == 0 {
		return Array{}, fmt.Errorf("dataset: %sthe slice is empty: %w", what, ErrNoRows)
	}
	size := len(rows[0])
	a := Array{Shape: []int{len(rows), size}, Values: make([]float32, 0, len(rows)*size)}
	for i, row := range rows {
		if len(row) == 0 {
			return Array{}, fmt.Errorf("dataset: %srow %d has no values: %w", what, i+1, ErrShape)
		}
		if len(row) != size {
			return Array{}, fmt.Errorf("dataset: %srow %d has %d values, row 1 has %d: %w; give all rows the same length", what, i+1, len(row), size, ErrShape)
		}
		var err error
		if a.Values, err = appendNumbers(a.Values, row, func(j int) string { return fmt.Sprintf("%srow %d, column %d", what, i+1, j+1) }); err != nil {
			return Array{}, err
		}
	}
	return a, nil
}

// appendNumbers refuses what would become an infinity. place says where a number stands.
func appendNumbers[V Number](to []float32, from []V, place func(int) string) ([]float32, error) {
	for i, v := range from {
		single := float32(v)
		if math.IsInf(float64(single), 0) && !math.IsInf(float64(v), 0) {
			return nil, fmt.Errorf("dataset: %s: %v is beyond float32, whose largest number is %g: scale it down first", place(i), v, math.MaxFloat32)
		}
		to = append(to, single)
	}
	return to, nil
}

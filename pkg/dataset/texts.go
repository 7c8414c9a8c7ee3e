package dataset

import "fmt"

// Texts is a block of strings, row-major, as a file has them. GoMLX has no strings: package text makes an [Array] of them
// before they meet a model.
type Texts struct {
	// Shape holds the length of every axis; Shape[0] counts rows. {rows} is one string a row.
	Shape []int
	// Values holds the strings; their number is the product of Shape.
	Values []string
	// Numbers says that the file has numbers: Values are whole ones in decimal, exact to 64 bits, with fractions cut off.
	Numbers bool
}

// Rows returns the length of the first axis, 0 without axes.
func (t Texts) Rows() int {
	if len(t.Shape) == 0 {
		return 0
	}
	return t.Shape[0]
}

// RowSize returns how many strings one row has.
func (t Texts) RowSize() int { return Array{Shape: t.Shape}.RowSize() }

// Row returns the strings of row i, a view. It panics where i is out of range.
func (t Texts) Row(i int) []string {
	size := t.RowSize()
	return t.Values[i*size : (i+1)*size : (i+1)*size]
}

// Validate reports Texts without rows ([ErrNoRows]), with an empty axis, or whose values don't fill the shape ([ErrShape]).
func (t Texts) Validate() error {
	if len(t.Shape) == 0 || t.Shape[0] == 0 {
		return fmt.Errorf("shape %v: %w", t.Shape, ErrNoRows)
	}
	size, err := elements(t.Shape)
	switch {
	case err != nil:
		return err
	case size == 0:
		return fmt.Errorf("shape %v has an empty axis: %w", t.Shape, ErrShape)
	case size != len(t.Values):
		return fmt.Errorf("shape %v needs %d strings, there are %d: %w", t.Shape, size, len(t.Values), ErrShape)
	}
	return nil
}

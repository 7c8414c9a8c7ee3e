package dataset

import (
	"fmt"
	"math"
	"slices"
	"strconv"

	"github.com/gomlx/gomlx/core/tensors"
)

// Array is a dense block of numbers, row-major: the last axis varies fastest. Shape[0] counts rows.
// The zero Array has no rows and is not valid.
type Array struct {
	// Shape holds the length of every axis, each at least 1 in a valid Array.
	Shape []int
	// Values holds the numbers; its length is the product of Shape.
	Values []float32
}

// NewArray returns an Array of the given shape over values, which it does not copy. It fails where
// [Array.Validate] does.
func NewArray(values []float32, shape ...int) (Array, error) {
	a := Array{Shape: slices.Clone(shape), Values: values}
	if err := a.Validate(); err != nil {
		return Array{}, fmt.Errorf("dataset: %w", err)
	}
	return a, nil
}

// Rows returns the length of the first axis, 0 for an Array without axes.
func (a Array) Rows() int {
	if len(a.Shape) == 0 {
		return 0
	}
	return a.Shape[0]
}

// RowSize returns how many values one row has: the product of all axes but the first.
func (a Array) RowSize() int {
	size := 1
	for _, n := range a.rowShape() {
		size *= n
	}
	return size
}

// Row returns the values of row i, a view that shares memory with a. It panics where i is out of range, as
// a slice does.
func (a Array) Row(i int) []float32 {
	size := a.RowSize()
	return a.Values[i*size : (i+1)*size : (i+1)*size]
}

// Tensor copies the Array into a new float32 tensor of the same shape. The Array must be valid (see
// [Array.Validate]); GoMLX panics on one that is not.
func (a Array) Tensor() *tensors.Tensor {
	return tensors.FromFlatDataAndDimensions(slices.Clone(a.Values), a.Shape...)
}

// Validate reports an Array without rows ([ErrNoRows]), with an axis of length 0 or less, or whose values
// don't fill its shape ([ErrShape]). It does not look at the values.
func (a Array) Validate() error {
	if len(a.Shape) == 0 || a.Shape[0] == 0 {
		return fmt.Errorf("shape %v: %w", a.Shape, ErrNoRows)
	}
	size, err := elements(a.Shape)
	if err != nil {
		return err
	}
	if size == 0 {
		return fmt.Errorf("shape %v has an empty axis: %w", a.Shape, ErrShape)
	}
	if size != len(a.Values) {
		return fmt.Errorf("shape %v needs %d values, there are %d: %w", a.Shape, size, len(a.Values), ErrShape)
	}
	return nil
}

// rowShape returns the axes after the first.
func (a Array) rowShape() []int {
	if len(a.Shape) == 0 {
		return nil
	}
	return a.Shape[1:]
}

func (a Array) lastAxis() int {
	if len(a.Shape) < 2 {
		return 1
	}
	return a.Shape[len(a.Shape)-1]
}

// checkFinite names the first value that is NaN or infinite.
func (a Array) checkFinite(what string, names []string) error {
	if allFinite(a.Values) {
		return nil
	}
	for i, v := range a.Values {
		if finite(v) {
			continue
		}
		size := a.RowSize()
		return fmt.Errorf("dataset: %s is %v at row %d, %s: %w; remove or fill such rows first", what, v, i/size+1, a.column(i%size, names), ErrNotFinite)
	}
	return nil
}

// column describes where within a row an offset lies, by name where there is one.
func (a Array) column(offset int, names []string) string {
	if len(a.Shape) > 2 {
		index := make([]int, len(a.Shape)-1)
		for axis := len(a.Shape) - 1; axis > 0; axis-- {
			index[axis-1] = offset % a.Shape[axis]
			offset /= a.Shape[axis]
		}
		return fmt.Sprintf("index %v of the row", index)
	}
	if offset < len(names) {
		return fmt.Sprintf("column %d (%q)", offset+1, names[offset])
	}
	return "column " + strconv.Itoa(offset+1)
}

// allFinite is whether no value is NaN or infinite. Every fit asks that of all its data, which is why it doesn't
// branch at each value: v-v is 0 of a number and NaN of everything else, and sums keep a NaN. Four sums don't wait
// for each other.
func allFinite(values []float32) bool {
	var a, b, c, d float32
	for len(values) >= 4 {
		a += values[0] - values[0]
		b += values[1] - values[1]
		c += values[2] - values[2]
		d += values[3] - values[3]
		values = values[4:]
	}
	for _, v := range values {
		a += v - v
	}
	return a+b+c+d == 0
}

func finite(v float32) bool {
	f := float64(v)
	return !math.IsNaN(f) && !math.IsInf(f, 0)
}

// elements multiplies a shape's axes and refuses negative ones and products that overflow.
func elements(shape []int) (int, error) {
	size := 1
	for axis, n := range shape {
		if n < 0 {
			return 0, fmt.Errorf("shape %v has a negative axis %d: %w", shape, axis, ErrShape)
		}
		if n == 0 {
			return 0, nil
		}
		if size > math.MaxInt/n {
			return 0, fmt.Errorf("shape %v: %w", shape, ErrTooLarge)
		}
		size *= n
	}
	return size, nil
}

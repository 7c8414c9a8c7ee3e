package dataset

import (
	"fmt"
	"math"
)

// OneHot turns class labels, [rows] or [rows, 1], into [rows, classes] with a 1 in the label's column and 0
// elsewhere, as keras.utils.to_categorical does. Labels are whole numbers from 0 to classes−1; classes 0
// means the largest label plus one.
func OneHot(labels Array, classes int) (Array, error) {
	if err := labels.Validate(); err != nil {
		return Array{}, fmt.Errorf("dataset: OneHot: %w", err)
	}
	if labels.RowSize() != 1 {
		return Array{}, fmt.Errorf("dataset: OneHot of shape %v: one label a row is needed: %w", labels.Shape, ErrShape)
	}
	most := 0
	for row, v := range labels.Values {
		if !finite(v) || v < 0 || v != float32(math.Trunc(float64(v))) || v >= maxColumns {
			return Array{}, fmt.Errorf("dataset: OneHot: row %d has label %v; labels are whole numbers from 0 to %d", row+1, v, maxColumns-1)
		}
		most = max(most, int(v))
		if classes != 0 && int(v) >= classes {
			return Array{}, fmt.Errorf("dataset: OneHot: row %d has label %d; with %d classes labels go from 0 to %d", row+1, int(v), classes, classes-1)
		}
	}
	if classes == 0 {
		classes = most + 1
	}
	if classes < 0 || labels.Rows() > maxElements/classes {
		return Array{}, fmt.Errorf("dataset: OneHot of %d rows with %d classes: %w", labels.Rows(), classes, ErrTooLarge)
	}
	hot := Array{Shape: []int{labels.Rows(), classes}, Values: make([]float32, labels.Rows()*classes)}
	for row, v := range labels.Values {
		hot.Values[row*classes+int(v)] = 1
	}
	return hot, nil
}

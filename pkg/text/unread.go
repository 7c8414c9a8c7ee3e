package text

import (
	"fmt"

	"example.com/unstuck/pkg/dataset"
)

// Unread stands for a layer that a reader of a file didn't understand, so that the rest of what the data has can be looked at:
// it makes a 0 of everything.
type Unread struct {
	Class string // in the file, "TextVectorization"
}

// Encode implements [Layer].
func (u Unread) Encode(inputs ...dataset.Texts) (dataset.Array, error) {
	t, err := alone(u.Class, inputs)
	if err != nil {
		return dataset.Array{}, err
	}
	return dataset.Array{Shape: t.Shape, Values: make([]float32, len(t.Values))}, nil
}

// RowShape implements [Layer].
func (u Unread) RowShape(inputs ...[]int) ([]int, error) {
	if err := oneShape(u.Class, inputs); err != nil {
		return nil, err
	}
	return inputs[0], nil
}

// KerasCode implements [Layer].
func (u Unread) KerasCode() string {
	return fmt.Sprintf("yours  # %s, which was not understood", u.Class)
}

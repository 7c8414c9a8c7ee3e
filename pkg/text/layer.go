package text

import (
	"errors"
	"fmt"

	"example.com/unstuck/internal/excerpt"
	"example.com/unstuck/pkg/dataset"
)

// Layer makes numbers of strings. A layer is a plain value, and whatever it is given stays as it is.
type Layer interface {
	// Encode makes the input of a model out of the strings of all rows: one block of them, or of a [HashedCrossing] two. Errors name the layer and, counted from 0, the row: a string that isn't in a vocabulary without a place for
	// unknown ones, numbers where strings are needed and the reverse, and results of more than 2²⁸ values
	// ([dataset.ErrTooLarge]).
	Encode(inputs ...dataset.Texts) (dataset.Array, error)
	// RowShape is the shape of a row of the result, given those of the inputs; −1: of any length. It fails where the settings
	// make no sense or don't go with such rows.
	RowShape(inputs ...[]int) ([]int, error)
	// KerasCode is the layer in Keras, with a vocabulary of more than a few entries called "yours".
	KerasCode() string
}

// What comes out of a layer: the number itself, or a vector with a place for each number.
const (
	asIndex    = "int"
	asOneHot   = "one_hot"
	asMultiHot = "multi_hot"
	asCount    = "count"
	asTFIDF    = "tf_idf"
)

// maxValues bounds what a layer makes, as package dataset bounds its arrays.
const maxValues = 1 << 28

// label is how errors call a layer.
func label(class, name string) string {
	if name == "" {
		return class
	}
	return fmt.Sprintf("%s %q", class, excerpt.Of(name, 60))
}

// alone is the only input of a layer.
func alone(label string, inputs []dataset.Texts) (dataset.Texts, error) {
	if len(inputs) != 1 {
		return dataset.Texts{}, fmt.Errorf("%s takes one array, not %d", label, len(inputs))
	}
	if err := inputs[0].Validate(); err != nil {
		return dataset.Texts{}, fmt.Errorf("%s: %w", label, err)
	}
	return inputs[0], nil
}

var errNoStrings = errors.New("the data has numbers where strings are needed: write them with .astype(str)")

// quoted is a string of the data in an error.
func quoted(s string) string { return fmt.Sprintf("%q", excerpt.Of(s, 40)) }

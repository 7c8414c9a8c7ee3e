package text

import (
	"fmt"
	"slices"
	"strconv"

	"github.com/dgryski/go-farm"

	"example.com/unstuck/pkg/dataset"
)

// HashedCrossing puts pairs of features, strings or whole numbers, into bins by a hash of both together, as
// Keras' HashedCrossing.
//
// Shapes: each [rows] or [rows, 1], all alike → the same; with "one_hot" [rows, NumBins].
type HashedCrossing struct {
	Name       string
	NumBins    int    // must be positive
	OutputMode string // "int" or "one_hot"; empty: "int"
}

func (h HashedCrossing) label() string { return label("HashedCrossing", h.Name) }

// Encode implements [Layer].
func (h HashedCrossing) Encode(inputs ...dataset.Texts) (dataset.Array, error) {
	rows := make([][]int, len(inputs))
	for i, t := range inputs {
		if err := t.Validate(); err != nil {
			return dataset.Array{}, fmt.Errorf("%s: %w", h.label(), err)
		}
		if t.Rows() != inputs[0].Rows() {
			return dataset.Array{}, fmt.Errorf("%s: one feature has %d rows, another %d: give as many of each", h.label(), inputs[0].Rows(), t.Rows())
		}
		rows[i] = t.Shape[1:]
	}
	if _, err := h.RowShape(rows...); err != nil {
		return dataset.Array{}, err
	}
	e := encoder{label: h.label(), mode: or(h.OutputMode, asIndex), size: h.NumBins}
	return e.dense(inputs[0], func(row int, _ string) (int, error) {
		hash := uint64(0xDECAFCAFFE) // TensorFlow's default key
		for _, t := range inputs {
			s := t.Values[row]
			value := farm.Fingerprint64([]byte(s))
			if t.Numbers {
				n, err := strconv.ParseInt(s, 10, 64)
				if err != nil {
					return 0, fmt.Errorf("%s: row %d has %s, which doesn't fit 64 bits with a sign", h.label(), row+1, quoted(s))
				}
				value = uint64(n)
			}
			hash = concatenated(hash, value)
		}
		return int(hash % uint64(h.NumBins)), nil
	})
}

// RowShape implements [Layer].
func (h HashedCrossing) RowShape(inputs ...[]int) ([]int, error) {
	switch {
	case len(inputs) != 2:
		return nil, fmt.Errorf("%s takes two features, not %d", h.label(), len(inputs))
	case h.NumBins < 1 || h.NumBins > maxBins:
		return nil, fmt.Errorf("%s: num_bins=%d: must be from 1 to %d", h.label(), h.NumBins, maxBins)
	case h.OutputMode != "" && h.OutputMode != asIndex && h.OutputMode != asOneHot:
		return nil, fmt.Errorf("%s: there is no output_mode %q", h.label(), h.OutputMode)
	}
	for _, row := range inputs {
		if !slices.Equal(row, inputs[0]) || len(row) > 1 || len(row) == 1 && row[0] != 1 {
			return nil, fmt.Errorf("%s takes one string or number a row of each feature, not rows of shape %v", h.label(), inputs)
		}
	}
	return hotShape(h.label(), or(h.OutputMode, asIndex), inputs[0], h.NumBins)
}

// KerasCode implements [Layer].
func (h HashedCrossing) KerasCode() string {
	c := call("HashedCrossing", h.Name)
	c.add("num_bins=" + strconv.Itoa(h.NumBins))
	c.mode(h.OutputMode)
	return c.String()
}

package dataset

import (
	"fmt"
	"math/rand/v2"
	"slices"
)

// Shuffle returns the rows of d in a random order, a copy. The same seed gives the same order for the same
// number of rows.
func (d Data) Shuffle(seed int64) (Data, error) {
	if err := d.ValidateShapes(); err != nil {
		return Data{}, err
	}
	source := rand.New(rand.NewPCG(uint64(seed), 0x73687566666c65)) // a stream of its own: "shuffle"
	return d.take(source.Perm(d.Rows())), nil
}

// Take returns the given rows of d, counted from 0, in the given order, a copy. A row may be taken more than
// once.
func (d Data) Take(rows []int) (Data, error) {
	if err := d.ValidateShapes(); err != nil {
		return Data{}, err
	}
	if len(rows) == 0 {
		return Data{}, fmt.Errorf("dataset: Take: %w", ErrNoRows)
	}
	for _, row := range rows {
		if row < 0 || row >= d.Rows() {
			return Data{}, fmt.Errorf("dataset: Take: index %d, but the indices of %d rows go from 0 to %d", row, d.Rows(), d.Rows()-1)
		}
	}
	return d.take(rows), nil
}

func (d Data) take(rows []int) Data {
	taken := d.each(func(a Array) Array { return a.take(rows) })
	if d.SampleWeight != nil {
		taken.SampleWeight = make([]float32, len(rows))
		for i, row := range rows {
			taken.SampleWeight[i] = d.SampleWeight[row]
		}
	}
	return taken
}

func (a Array) take(rows []int) Array {
	shape := slices.Clone(a.Shape)
	shape[0] = len(rows)
	values := make([]float32, 0, len(rows)*a.RowSize())
	for _, row := range rows {
		values = append(values, a.Row(row)...)
	}
	return Array{Shape: shape, Values: values}
}

package dataset

import (
	"fmt"
	"slices"
)

// Split cuts d in two as Keras' validation_split does: the first int(rows·(1−fraction)) rows to train on,
// the rest, always the LAST rows of the data as it stands, to validate on. Both parts share memory with d.
//
// Split before shuffling to get Keras' numbers; [Data.Shuffle] first where the file is sorted. fraction
// lies in (0, 1), and both parts must get at least one row.
func (d Data) Split(fraction float64) (train, validation Data, err error) {
	if !(fraction > 0 && fraction < 1) { // written so that NaN fails too
		return Data{}, Data{}, fmt.Errorf("dataset: Split(%v): the fraction must lie between 0 and 1, both excluded", fraction)
	}
	if err := d.ValidateShapes(); err != nil {
		return Data{}, Data{}, err
	}
	rows := d.Rows()
	at := int(float64(rows) * (1 - fraction))
	if at == 0 || at == rows {
		return Data{}, Data{}, fmt.Errorf("dataset: Split(%v) of %d rows leaves %d to train on and %d to validate on; each part needs one", fraction, rows, at, rows-at)
	}
	return d.Range(0, at), d.Range(at, rows), nil
}

// Slice returns the rows from up to, not including, to. It shares memory with d.
func (d Data) Slice(from, to int) (Data, error) {
	if err := d.ValidateShapes(); err != nil {
		return Data{}, err
	}
	if from < 0 || to > d.Rows() || from >= to {
		return Data{}, fmt.Errorf("dataset: Slice(%d, %d) of %d rows: %w", from, to, d.Rows(), ErrNoRows)
	}
	return d.Range(from, to), nil
}

// Range returns the rows from up to, not including, to; it shares memory with d. Like a slice expression it
// panics where they are out of range; [Data.Slice] returns an error.
func (d Data) Range(from, to int) Data {
	part := d.each(func(a Array) Array { return a.Range(from, to) }) // names are shared
	if d.SampleWeight != nil {
		part.SampleWeight = d.SampleWeight[from:to:to]
	}
	return part
}

// Range is [Data.Range] for an Array with at least one axis.
func (a Array) Range(from, to int) Array {
	size := a.RowSize()
	shape := slices.Clone(a.Shape)
	shape[0] = to - from
	return Array{Shape: shape, Values: a.Values[from*size : to*size : to*size]}
}

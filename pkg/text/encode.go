package text

import (
	"fmt"
	"slices"

	"example.com/unstuck/pkg/dataset"
)

// dropped is the index of what counts nowhere.
const dropped = -1

// hotShape is the shape of a row in which numbers below size have become vectors.
func hotShape(label, mode string, row []int, size int) ([]int, error) {
	switch mode {
	case asIndex:
		return row, nil
	case asOneHot:
		if len(row) > 0 && row[len(row)-1] == 1 {
			row = row[:len(row)-1]
		}
		return append(slices.Clone(row), size), nil
	case asMultiHot, asCount, asTFIDF:
		if len(row) != 1 {
			return nil, fmt.Errorf("%s: output_mode=%q takes rows of one axis, Input(shape=(n,)), not rows of shape %v", label, mode, row)
		}
		return []int{size}, nil
	}
	return nil, fmt.Errorf("%s: there is no output_mode %q", label, mode)
}

// encoder puts numbers of rows into an array.
type encoder struct {
	label   string
	mode    string
	size    int       // numbers are below
	weights []float32 // of tf_idf, one for each number
}

// dense encodes rows of equal shape; index gives the number of each string.
func (e encoder) dense(t dataset.Texts, index func(row int, s string) (int, error)) (dataset.Array, error) {
	shape, err := hotShape(e.label, e.mode, t.Shape[1:], e.size)
	if err != nil {
		return dataset.Array{}, err
	}
	a, err := e.array(t.Rows(), shape)
	if err != nil {
		return a, err
	}
	width := t.RowSize()
	for i, s := range t.Values {
		n, err := index(i/width, s)
		if err != nil {
			return dataset.Array{}, err
		}
		switch {
		case e.mode == asIndex:
			a.Values[i] = float32(n)
		case n == dropped:
		case e.mode == asOneHot:
			a.Values[i*e.size+n] = 1
		default:
			e.count(a.Row(i/width), n)
		}
	}
	e.weigh(a)
	return a, nil
}

// array is room for rows of that shape.
func (e encoder) array(rows int, shape []int) (dataset.Array, error) {
	size := rows
	for _, n := range shape {
		if n < 1 {
			return dataset.Array{}, fmt.Errorf("%s: rows of shape %v hold nothing: %w", e.label, shape, dataset.ErrShape)
		}
		if size > maxValues/n {
			return dataset.Array{}, fmt.Errorf("%s makes rows of shape %v of %d rows, more than %d values: %w", e.label, shape, rows, maxValues, dataset.ErrTooLarge)
		}
		size *= n
	}
	return dataset.Array{Shape: append([]int{rows}, shape...), Values: make([]float32, size)}, nil
}

func (e encoder) count(row []float32, n int) {
	if e.mode == asMultiHot {
		row[n] = 1
		return
	}
	row[n]++
}

// weigh multiplies counts with their weights.
func (e encoder) weigh(a dataset.Array) {
	if e.mode != asTFIDF {
		return
	}
	for i := range a.Values {
		a.Values[i] *= e.weights[i%e.size]
	}
}

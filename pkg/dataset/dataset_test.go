package dataset

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"
)

func sample() Data {
	return Data{
		X:        Array{Shape: []int{3, 2}, Values: []float32{1, 2, 3, 4, 5, 6}},
		Y:        Array{Shape: []int{3, 1}, Values: []float32{7, 8, 9}},
		Features: []string{"age", "bmi"},
		Targets:  []string{"progression"},
	}
}

func TestValidate(t *testing.T) {
	nan, inf := float32(math.NaN()), float32(math.Inf(-1))
	tests := []struct {
		name   string
		change func(*Data)
		is     error
		text   string // part of the message; empty where the data is fine
	}{
		{"fine", func(*Data) {}, nil, ""},
		{"fine without names", func(d *Data) { d.Features, d.Targets = nil, nil }, nil, ""},
		{"fine with weights", func(d *Data) { d.SampleWeight = []float32{0, 1, 2} }, nil, ""},
		{"fine with flat targets", func(d *Data) { d.Y.Shape = []int{3} }, nil, ""},
		{"fine as sequence", func(d *Data) { d.X.Shape, d.Features = []int{3, 2, 1}, nil }, nil, ""},
		{"zero value", func(d *Data) { *d = Data{} }, ErrNoRows, "x: shape []"},
		{"zero rows", func(d *Data) { d.X = Array{Shape: []int{0, 2}} }, ErrNoRows, "x: shape [0 2]"},
		{"empty axis", func(d *Data) { d.X = Array{Shape: []int{3, 0}} }, ErrShape, "empty axis"},
		{"negative axis", func(d *Data) { d.X.Shape = []int{-3, -2} }, ErrShape, "negative axis 0"},
		{"overflowing shape", func(d *Data) { d.X.Shape = []int{math.MaxInt, 3} }, ErrTooLarge, "x: shape"},
		{"values missing", func(d *Data) { d.X.Values = d.X.Values[:5] }, ErrShape, "needs 6 values, there are 5"},
		{"fewer targets", func(d *Data) { d.Y = Array{Shape: []int{2, 1}, Values: []float32{1, 2}} }, ErrShape, "x has 3 rows, y has 2"},
		{"weights missing", func(d *Data) { d.SampleWeight = []float32{1} }, ErrShape, "1 sample weights for 3 rows"},
		{"names missing", func(d *Data) { d.Features = []string{"age"} }, ErrShape, "1 feature names"},
		{"target names", func(d *Data) { d.Targets = []string{"a", "b"} }, ErrShape, "2 target names"},
		{"NaN in x", func(d *Data) { d.X.Values[3] = nan }, ErrNotFinite, `x is NaN at row 2, column 2 ("bmi")`},
		{"Inf in y", func(d *Data) { d.Y.Values[2] = inf }, ErrNotFinite, `y is -Inf at row 3, column 1 ("progression")`},
		{"NaN in sequence", func(d *Data) {
			d.Features = nil
			d.X = Array{Shape: []int{3, 2, 2}, Values: []float32{1, 2, 3, 4, 5, 6, nan, 8, 9, 10, 11, 12}}
		}, ErrNotFinite, "x is NaN at row 2, index [1 0] of the row"},
		{"NaN weight", func(d *Data) { d.SampleWeight = []float32{1, nan, 1} }, ErrNotFinite, "sample weight of row 2"},
		{"negative weight", func(d *Data) { d.SampleWeight = []float32{1, 1, -2} }, nil, "sample weight of row 3 is -2"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			d := sample()
			test.change(&d)
			err := d.Validate()
			if test.text == "" {
				require.NoError(t, err)
				return
			}
			require.ErrorContains(t, err, test.text)
			if test.is != nil {
				require.ErrorIs(t, err, test.is)
			}
		})
	}
}

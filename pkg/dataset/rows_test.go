package dataset_test

import (
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"example.com/unstuck/pkg/dataset"
)

func TestFromRows(t *testing.T) {
	xs := [][]float64{{1, 2}, {3, math.NaN()}, {5, math.Inf(1)}}
	d, err := dataset.FromRows(xs, [][]int{{1}, {0}, {1}})
	require.NoError(t, err)
	xs[0][0] = 9
	assert.Equal(t, []int{3, 2}, d.X.Shape)
	assert.Equal(t, []float32{1, 2, 3}, d.X.Values[:3], "a copy")
	assert.True(t, math.IsNaN(float64(d.X.Values[3])) && math.IsInf(float64(d.X.Values[5]), 1))
	assert.Equal(t, dataset.Array{Shape: []int{3, 1}, Values: []float32{1, 0, 1}}, d.Y)
}

func TestFromRowsErrorsNameTheRow(t *testing.T) {
	one := [][]float32{{1}}
	for want, make := range map[string]func() error{
		"x: the slice is empty: no rows":               func() error { _, err := dataset.FromRows([][]int{}, one); return err },
		"x: row 3 has 1 values, row 1 has 2":           func() error { _, err := dataset.FromRows([][]int{{1, 2}, {3, 4}, {5}}, one); return err },
		"x: row 1 has no values":                       func() error { _, err := dataset.FromRows([][]int{{}}, one); return err },
		"y: row 2 has no values":                       func() error { _, err := dataset.FromRows(one, [][]int{{1}, nil}); return err },
		"x has 2 rows, y has 1":                        func() error { _, err := dataset.FromRows([][]int{{1}, {2}}, one); return err },
		"y: row 1, column 2: 1e+300 is beyond float32": func() error { _, err := dataset.FromRows(one, [][]float64{{1, 1e300}}); return err },
		"dataset: row 2 has 2 values, row 1 has 1":     func() error { _, err := dataset.RowsOf([][]int{{1}, {1, 2}}); return err },
		"dataset: the slice is empty":                  func() error { _, err := dataset.ColumnOf[int](nil); return err },
		"dataset: row 2: -1e+39 is beyond float32":     func() error { _, err := dataset.ColumnOf([]float64{0, -1e39}); return err },
	} {
		assert.ErrorContains(t, make(), want)
	}
}

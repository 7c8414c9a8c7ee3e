package notebook

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"example.com/unstuck/pkg/dataset"
)

func TestResultShowsDataInAFewLines(t *testing.T) {
	small := dataset.Data{X: dataset.Array{Shape: []int{2, 2}, Values: []float32{1, 0.5, 2, 1.0 / 3}}, Y: dataset.Array{Shape: []int{2, 1}, Values: []float32{0, 1}}, Features: []string{"age", "bmi"}}
	want := "2 rows\nX [2 2] age, bmi\n  1 0.5\n  2 0.3333\nY [2 1]\n  0\n  1"
	assert.Equal(t, want, resultText(small), "all of it is there")
	assert.Equal(t, want, resultText(&small))
	assert.Equal(t, "shape [2 1]\n  0\n  1", resultText(small.Y))

	large, err := dataset.Random(3425, []int{12, 9}, []int{1}, 1)
	require.NoError(t, err)
	large.SampleWeight = make([]float32, 3425)
	large.MoreX = []dataset.Array{small.X, large.Y}[1:]
	text := resultText(large)
	assert.Less(t, len(text), 2000)
	for _, part := range []string{"3,425 rows\nX [3425 12 9]\n  ", " … 98 more\n", "\n  … 3,420 more rows\nMoreX[0] [3425 1]", "\nY [3425 1]\n", "\nSampleWeight 0 0 0 0 0 0 0 0 0 0 … 3,415 more"} {
		assert.Contains(t, text, part)
	}
	assert.Equal(t, 1+3*7+1, strings.Count(text, "\n")+1, text)

	var none *dataset.Data
	for _, odd := range []any{dataset.Data{}, dataset.Array{}, dataset.Array{Shape: []int{9}}, none} {
		assert.NotEmpty(t, resultText(odd), "what isn't valid is shown as it is")
	}
	assert.Equal(t, "dataset.Array{Shape: [9]}", resultText(dataset.Array{Shape: []int{9}}))
}

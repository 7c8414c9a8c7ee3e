package figure

import (
	"bytes"
	"testing"

	"github.com/stretchr/testify/assert"
	"gonum.org/v1/plot/vg"
)

func TestGridSize(t *testing.T) {
	one := LossCurves{}
	for _, c := range []struct {
		grid          Grid
		columns, rows int
	}{
		{Grid{}, 1, 1},
		{Row(one, one), 2, 1},
		{Column(one, one, one), 1, 3},
		{Grid{Panels: []Figure{one, one, one, one, one}}, 2, 3},
		{Grid{Columns: 3, Panels: []Figure{one, one, one, one}}, 3, 2},
	} {
		assert.Equal(t, c.columns, c.grid.columns())
		assert.Equal(t, c.rows, c.grid.rows())
		assert.NoError(t, Render(&bytes.Buffer{}, c.grid, PNG))
	}
}

func TestGridNamesThePanelThatFails(t *testing.T) {
	bad := Histograms{Steps: []int{0}, Edges: []float64{1, 0}, Counts: [][]float64{{1}}}
	err := Render(&bytes.Buffer{}, Row(LossCurves{}, bad), SVG)
	assert.ErrorContains(t, err, "panel 2: figure: histogram edges")
	assert.ErrorContains(t, Render(&bytes.Buffer{}, Row(faulty{size: vg.Inch}), SVG), "ink is out")
}

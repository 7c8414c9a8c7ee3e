package figure

import (
	"bytes"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
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

// What is wider than a page's text column is cut in print, see DefaultWidth.
func TestNoFigureIsLargerThanAPage(t *testing.T) {
	thirty := make([][]float64, 30)
	for i := range thirty {
		thirty[i] = []float64{1, 2}
	}
	steps := []int{0, 1}
	figures := []Figure{
		Activations{Steps: steps, Mean: thirty}, GradientFlow{Norms: thirty},
		SweepHeatmap{X: []string{"a name that is long"}, Y: make([]string, 60)},
		Overview{Gradients: GradientNorms{Norms: thirty}, Updates: UpdateRatios{Ratios: thirty}, Dead: Saturation{Dead: thirty, Saturated: thirty}, Clipping: Clipping{Before: []float64{1, 2}}},
		Row(LossCurves{}, LossCurves{}, LossCurves{}),
	}
	for _, fig := range goldens {
		figures = append(figures, fig)
	}
	for _, fig := range figures {
		w, h := SizeOf(fig)
		assert.LessOrEqual(t, w, DefaultWidth+0.01, "%T", fig)
		assert.LessOrEqual(t, h, maxHeight+0.01, "%T", fig)
	}
}

func TestPanelsOfARowStandSideBySide(t *testing.T) {
	g := Row(LossCurves{Runs: []Run{{Train: []float64{1}}}}, LossCurves{Runs: []Run{{Train: []float64{1}, Validation: []float64{2}}, {Train: []float64{3}}}})
	head, _ := g.heads(0, 190)
	other, _ := g.heads(1, 190)
	assert.Equal(t, head, other)
	f, _ := frameOf(g.Panels[0])
	assert.Less(t, f.headerHeight(190), head)
	w, _ := g.panelSize()
	assert.Positive(t, g.extra(w)[0], "a longer key makes the row higher, not the data lower")
}

// A figure in a row shows what it shows alone: one that draws itself must not be taken for the frame around it.
func TestFiguresInARow(t *testing.T) {
	for _, name := range []string{"pictures", "pictures-apart", "diagram", "heatmap", "scatter", "losscurves"} {
		fig := goldens[name]
		require.NotNil(t, fig, name)
		count := func(f Figure) int {
			var out bytes.Buffer
			require.NoError(t, Render(&out, f, SVG))
			return strings.Count(out.String(), "<path") + strings.Count(out.String(), "<polygon") + strings.Count(out.String(), "<rect")
		}
		alone := count(fig)
		require.GreaterOrEqual(t, count(Row(fig, nil)), alone/2, name)
	}
}

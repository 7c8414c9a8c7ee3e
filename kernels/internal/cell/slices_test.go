package cell

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestAdviceOnSlices asks about what the compiler says of slices in the place of data.
func TestAdviceOnSlices(t *testing.T) {
	const slices = "xs, ys := [][]float64{{1}, {2}}, []float64{3, 4}\n"
	for cell, want := range map[string]string{
		slices + "data := dataset.Data{X: xs}":                                     "notebook.Must(dataset.RowsOf(xs))",
		slices + "data := dataset.Data{Y: ys}":                                     "notebook.Must(dataset.ColumnOf(ys))",
		"data := dataset.Data{X: [][]int{{1, 2}, {3, 4}}}":                         "notebook.Must(dataset.RowsOf(xs))",
		slices + "func f(d dataset.Data) {}\nf(xs)":                                "notebook.Must(dataset.FromRows(xs, ys))",
		slices + "var m *fit.Model\nm.Fit(context.Background(), xs, fit.Config{})": "dataset.FromRows",
		"data := dataset.Data{X: 3}":                                               "",
		"pictures := [][][]float32{}\ndata := dataset.Data{X: pictures}":           "",
	} {
		s := newSession(t)
		a, ok := s.analyze(cell)
		require.True(t, ok, cell)
		said := ""
		for _, p := range a.problems {
			said += s.Advice(p.Msg)
		}
		if want == "" {
			assert.Empty(t, said, cell)
			continue
		}
		assert.Contains(t, said, want, "%s: %v", cell, a.problems)
	}
}

package notebook

import (
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

var summary = Table{
	Title:   "Model",
	Columns: []string{"Layer", "Output", "Parameters", "Größe"},
	Rows: [][]any{
		{"dense", []int{0, 64}, 704, 0.123456},
		{"<script>alert(1)</script>\nx", "(batch, 1)", 65, math.NaN()},
		{nil, nil, nil, float32(1e-7)},
	},
}

func TestTableText(t *testing.T) {
	assert.Equal(t, `Model
Layer                        Output      Parameters   Größe
───────────────────────────  ──────────  ──────────  ──────
dense                        [0 64]             704  0.1235
<script>alert(1)</script> x  (batch, 1)          65     NaN
                                                      1e-07`, summary.Text())
}

func TestShowTableEscapes(t *testing.T) {
	var r Recorder
	require.NoError(t, ShowTableOn(&r, summary))
	html := string(r.Shown()[0].Data[HTML])
	assert.NotContains(t, html, "<script")
	assert.Contains(t, html, "&lt;script&gt;")
	assert.Contains(t, html, `<td style="text-align:right">704</td>`)
	assert.Equal(t, summary.Text(), string(r.Shown()[0].Data[Plain]))
}

func TestLongWordsOfTablesAreBroken(t *testing.T) {
	html := Table{Columns: []string{"start", "rate"}, Rows: [][]any{{"keras.initializers.RandomNormal(stddev=2.0); wide", 0.1}, {"two short words, and a few more", 0.2}}}.html()
	assert.Contains(t, html, ">keras.<wbr>initializers.<wbr>RandomNormal(<wbr>stddev=<wbr>2.<wbr>0); wide<")
	assert.Contains(t, html, ">two short words, and a few more<")
	assert.Equal(t, "&lt;b&gt;of_<wbr>many_<wbr>letters&lt;/<wbr>b&gt;", breakable("<b>of_many_letters</b>"))
}

func TestShowTableRefusesRaggedRows(t *testing.T) {
	err := ShowTableOn(&Recorder{}, Table{Columns: []string{"a", "b"}, Rows: [][]any{{1, 2}, {3}}})
	assert.EqualError(t, err, "notebook: row 2 of the table has 1 cells for 2 columns")
	assert.NoError(t, ShowTableOn(&Recorder{}, Table{}))
	assert.NotPanics(t, func() { _ = Table{Rows: [][]any{{1}}}.Text() })
}

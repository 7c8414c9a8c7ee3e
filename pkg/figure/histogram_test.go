package figure

import (
	"bytes"
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func init() {
	h := Histograms{Title: "Outputs of dense_3 (tanh) over time", YLabel: "Activation"}
	for b := range 41 {
		h.Edges = append(h.Edges, -1+float64(b)/20)
	}
	for k := range 60 {
		h.Steps = append(h.Steps, 5*k)
		row := make([]float64, 40)
		for b := range row {
			x := -1 + (float64(b)+0.5)/20
			width := 0.2 + 0.006*float64(k)
			row[b] = math.Exp(-x*x/(2*width*width)) + float64(k)/80*math.Exp(-(1-math.Abs(x))/0.06)
		}
		h.Counts = append(h.Counts, row)
	}
	goldens["histograms"] = h
	goldens["histograms-empty"] = Histograms{}
}

func TestHistogramsRefuseWhatDoesNotFit(t *testing.T) {
	for want, h := range map[string]Histograms{
		"edges must be finite and rise: edge 2 is 1 after 1": {Steps: []int{0}, Edges: []float64{0, 1, 1}, Counts: [][]float64{{1, 2}}},
		"step 7 has 3 bins for 3 edges":                      {Steps: []int{7}, Edges: []float64{0, 1, 2}, Counts: [][]float64{{1, 2, 3}}},
	} {
		assert.ErrorContains(t, Render(&bytes.Buffer{}, h, PNG), want)
	}
}

func TestHistogramsQuantiles(t *testing.T) {
	h := Histograms{Steps: []int{3}, Edges: []float64{0, 1, 2}, Counts: [][]float64{{1, 3}}}
	assert.InDelta(t, 1+1.0/3, h.quantile(0, 0.5), 1e-12)
	assert.InDelta(t, 0.2, h.quantile(0, 0.05), 1e-12)
	assert.Equal(t, "Distribution over time\n  step 3: median 1.33, 5% to 95% from 0.2 to 1.93", h.Text())
	assert.True(t, math.IsNaN(Histograms{Counts: [][]float64{{0, math.NaN()}}, Edges: []float64{0, 1, 2}}.quantile(0, 0.5)))
}

func TestHistogramsMergeLongRuns(t *testing.T) {
	h := Histograms{Edges: []float64{0, 1, 2}}
	for k := range 100_000 {
		h.Steps = append(h.Steps, k)
		h.Counts = append(h.Counts, []float64{1, 3})
	}
	var out bytes.Buffer
	require.NoError(t, Render(&out, h, SVG))
	assert.Less(t, out.Len(), 60_000)
	f, err := h.frame()
	require.NoError(t, err)
	strip := f.marks[0].(heatStrip)
	assert.Len(t, strip.shares, maxColumns)
	assert.InDelta(t, 0.75, strip.shares[maxColumns-1][1], 1e-9)
}

package figure

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"gonum.org/v1/plot/vg"
)

func TestANarrowPanelNamesItsCurvesInTheKey(t *testing.T) {
	f := LossCurves{Runs: []Run{{Name: "a name that is far too long for the panel it stands in", Train: []float64{1, 0.5}}}}.frame()
	assert.Empty(t, f.entries(narrow), "where there is room, names stand at the curves' ends")
	entries := f.entries(150)
	assert.Len(t, entries, 1)
	assert.Regexp(t, `^a name .*…  0\.5$`, entries[0].label, "the name gives way to the number")
	assert.Empty(t, f.key, "drawing leaves the frame as it was")
}

func TestKeyRowsFitTheWidth(t *testing.T) {
	style := textStyle(bodySize, ink)
	var key []keyEntry
	for range 40 {
		key = append(key, keyEntry{label: "dense_1  0.0047"})
	}
	rows := keyRows(key, style, 200)
	assert.Len(t, rows, mostKeyRows)
	assert.Equal(t, "and 28 more curves", rows[mostKeyRows-1][0].label)
	for _, row := range rows {
		assert.LessOrEqual(t, keyWidth(row, style), vg.Length(200))
	}
	assert.Empty(t, keyRows(nil, style, 200))
}

func TestKeyRowsStandInColumns(t *testing.T) {
	style := textStyle(bodySize, ink)
	rows := keyRows([]keyEntry{{label: "short"}, {label: "a longer one"}, {label: "short"}, {label: "x"}}, style, 190)
	assert.Len(t, rows, 2)
	assert.Equal(t, keyWidth(rows[0][:1], style), keyWidth(rows[1][:1], style))
}

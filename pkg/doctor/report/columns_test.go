package report

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// Numbers and names stay whole wherever all words fit; what is left goes to those that are nearly as wide as they come.
func TestColumnWidths(t *testing.T) {
	rows := [][]string{
		{"gauge", "measured", "should be", "points to", "how much"},
		{"gradient of the last layer over that of the first", "infinite", "up to 100", "vanishing-gradient", "strong"},
		{"update-to-weight ratio, median", "5.31e-07", "1e-4 to 1e-2", "learning-rate-too-low", "strong"},
	}
	widths := columnWidths(rows, 72)
	require.Equal(t, []int{23, 8, 12, 21, 8}, widths)
	require.Equal(t, []int{49, 8, 12, 21, 8}, columnWidths(rows, 200), "no wider than they come")
	require.Nil(t, columnWidths(rows, 40))
	require.Nil(t, columnWidths(nil, 40))
	for _, width := range []int{60, 70, 80, 120} {
		s := newSheet(TerminalOptions{Width: width})
		var cells [][]any
		for _, row := range rows[1:] {
			var line []any
			for _, cell := range row {
				line = append(line, cell)
			}
			cells = append(cells, line)
		}
		s.grid(rows[0], cells)
		if width > 70 {
			for _, whole := range []string{"measured", "infinite", "5.31e-07", "vanishing-gradient", "learning-rate-too-low", "how much"} {
				require.Contains(t, s.String(), whole, "%d columns", width)
			}
		}
		for line := range strings.SplitSeq(s.String(), "\n") {
			require.LessOrEqual(t, len([]rune(line)), width, line)
		}
	}
}

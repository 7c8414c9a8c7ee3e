package table

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"
)

// Rows beyond the limit are left out by chance, the same ones every time, in their order, and it is told.
func TestRowsAreDrawn(t *testing.T) {
	cell := func(row int) string { return fmt.Sprintf("%d.5", row) }
	tab, made := tableWith(t, Options{Rows: 15}, cell)
	require.Equal(t, 15, made.Data.Rows())
	require.Contains(t, toldOf(made), "rows 15 of 40")
	require.Contains(t, toldOf(made), "--rows -1 all")
	last := float32(-1)
	for row := range 15 {
		require.Greater(t, made.Data.X.Row(row)[0], last)
		last = made.Data.X.Row(row)[0]
	}
	require.Greater(t, last, float32(20), "not the first ones alone")
	require.Equal(t, fmt.Sprintf("line %d", int(last)+2), tab.where(14), "lines stay those of the file")
	_, again := tableWith(t, Options{Rows: 15}, cell)
	require.Equal(t, made.Data.X, again.Data.X)
	for _, most := range []int{0, -1, 40, 41} {
		_, made = tableWith(t, Options{Rows: most}, cell)
		require.Equal(t, 40, made.Data.Rows())
		require.NotContains(t, toldOf(made), "drawn")
	}
}

// Each row is as likely as any other.
func TestDrawingIsEven(t *testing.T) {
	counts := [4]int{}
	for n := 40; n < 440; n++ { // each number of rows draws otherwise
		tab := &Table{Names: []string{"a"}}
		for row := range n {
			require.NoError(t, tab.add(0, []string{fmt.Sprint(4 * row / n)}))
		}
		tab.sample(Options{Rows: 20})
		for row := range tab.Rows() {
			counts[tab.Cell(row, 0)[0]-'0']++
		}
	}
	for _, n := range counts {
		require.InDelta(t, 2000, n, 160) // four deviations of 39
	}
}

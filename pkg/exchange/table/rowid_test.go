package table

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"
)

// Columns that number the rows are left out though numbers are missing, and others stay inputs.
func TestRowNumbersWithGaps(t *testing.T) {
	for _, c := range []struct {
		name string
		cell func(row int) string
		id   bool
	}{
		{"a", func(row int) string { return fmt.Sprint(3 + row + row/3) }, true},
		{"a", func(row int) string { return fmt.Sprint(3 + 2*row - row%2) }, true},
		{"a", func(row int) string { return fmt.Sprint(100 * row) }, false},                 // an amount
		{"a", func(row int) string { return fmt.Sprint(3 + row + row/3 - row%2*4) }, false}, // not rising
		{"a", func(row int) string { return fmt.Sprintf("%d.5", row) }, false},
		{"a", func(row int) string { return fmt.Sprint(row / 2) }, false},
	} {
		_, made := tableWith(t, Options{}, c.cell)
		width := 2
		if c.id {
			width = 1
			require.Contains(t, toldOf(made), "--numeric a keeps it")
		}
		require.Equal(t, width, made.Data.X.RowSize(), "%s %s", c.cell(0), c.cell(7))
	}
	for _, name := range []string{"PassengerId", "customerID", "sample_no", "Order Number", "record-key", "Id"} {
		require.True(t, namesRows(name) || camelID(name), name)
	}
	for _, name := range []string{"humid", "PAID", "fluid", "monkey", "Grid", "no_of_rooms", "number_of_doors"} {
		require.False(t, namesRows(name) || camelID(name), name)
	}
}

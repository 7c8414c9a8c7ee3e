package table

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// tableWith has 40 rows whose column a holds cell(row).
func tableWith(t *testing.T, o Options, cell func(row int) string) (*Table, Made) {
	t.Helper()
	var b strings.Builder
	b.WriteString("a,b,target\n")
	for row := range 40 {
		fmt.Fprintf(&b, "%s,%d.5,%d\n", cell(row), row*row%17, row*7%13)
	}
	tab, err := Read([]byte(b.String()), o)
	require.NoError(t, err)
	made, err := tab.Make(Need{}, o)
	require.NoError(t, err)
	return tab, made
}

func toldOf(m Made) string {
	all := ""
	for _, a := range m.Assumed {
		all += a.String() + "\n"
	}
	return all
}

// A number of nines that is far from all others is told with its flag and stays a number; the flag makes it a missing value.
func TestStandIns(t *testing.T) {
	for _, mark := range []string{"-999", "-99", "-9999.0", "999", "99999"} {
		cell := func(row int) string {
			if row%10 == 3 {
				return mark
			}
			return fmt.Sprint(20 + row%31)
		}
		_, made := tableWith(t, Options{}, cell)
		plain := strings.TrimSuffix(mark, ".0")
		require.Contains(t, toldOf(made), "--missing-value "+plain, mark)
		require.Contains(t, toldOf(made), `4 cells of column "a"`)
		_, made = tableWith(t, Options{MissingValues: []string{plain}}, cell)
		require.NotContains(t, toldOf(made), "--missing-value")
		require.Contains(t, toldOf(made), "missing values filled")
		require.InDelta(t, 35, made.Data.X.Row(3)[0], 8, "the median of the others")
	}
}

// What lies among the others, comes once or is most of the column is no mark, nor is a number of other digits.
func TestNoStandIns(t *testing.T) {
	for name, cell := range map[string]func(row int) string{
		"among others": func(row int) string { return fmt.Sprint(990 + row%20) },
		"near others":  func(row int) string { return fmt.Sprint([]int{999, 300 + 20*(row%31)}[min(row%10, 1)]) },
		"once":         func(row int) string { return fmt.Sprint([]int{-999, 20 + row%31}[min(row, 1)]) },
		"mostly":       func(row int) string { return fmt.Sprint([]int{20 + row%3, -999}[min(row%5, 1)]) },
		"other digits": func(row int) string { return fmt.Sprint([]int{-1000, 20 + row%31}[min(row%10, 1)]) },
		"99 above":     func(row int) string { return fmt.Sprint([]int{99, row % 5}[min(row%10, 1)]) },
	} {
		_, made := tableWith(t, Options{}, cell)
		require.NotContains(t, toldOf(made), "--missing-value", name)
	}
}

// A mark may be a word as well.
func TestMarksThatAreWords(t *testing.T) {
	_, made := tableWith(t, Options{MissingValues: []string{"Keine Angabe"}}, func(row int) string {
		return []string{"keine angabe", fmt.Sprint(20 + row%31)}[min(row%10, 1)]
	})
	require.Contains(t, toldOf(made), "4 cells of 4 rows")
}

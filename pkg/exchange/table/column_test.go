package table

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// one makes a table of one column, under a name, beside an input and a target that are plain.
func one(t *testing.T, name string, o Options, inputs int, cells ...string) (Made, error) {
	t.Helper()
	var b strings.Builder
	fmt.Fprintf(&b, "plain\t%s\ttarget\n", name)
	for i, cell := range cells {
		fmt.Fprintf(&b, "%g\t%s\t%g\n", float64(i*i%7)+0.5, cell, float64(i)/2)
	}
	o.Delimiter = "tab"
	read, err := Read([]byte(b.String()), o)
	require.NoError(t, err)
	return read.Make(Need{Inputs: []Input{{Shape: []int{inputs}}}, Outputs: []Output{{Units: 1}}}, o)
}

// Cells as people write them, and what becomes of their column.
func TestWhatColumnsBecome(t *testing.T) {
	nan := float32(math.NaN())
	for name, c := range map[string]struct {
		cells  []string
		inputs int // all with the plain one
		o      Options
		want   [][]float32 // each row, without the plain one
		says   string
	}{
		"currency":         {[]string{"$1,200.50", "$3", "-$2", "($4)", "USD 5"}, 2, Options{}, [][]float32{{1200.5}, {3}, {-2}, {-4}, {5}}, "thousands separators and currency signs"},
		"a unit":           {[]string{"12 cm", "3.5 cm", "NA", "4cm", "8 cm"}, 2, Options{}, [][]float32{{12}, {3.5}, {6}, {4}, {8}}, `the unit "cm"`},
		"percent":          {[]string{"45%", "3.5 %", "0%", "1%", "2%"}, 2, Options{}, [][]float32{{45}, {3.5}, {0}, {1}, {2}}, "percent signs"},
		"decimal commas":   {[]string{"0,5", "1.234,5", "12,25", "3", "−1,5"}, 2, Options{}, [][]float32{{0.5}, {1234.5}, {12.25}, {3}, {-1.5}}, "a comma"},
		"blanks in groups": {[]string{"1 234", "2 000 000", "3", "4", "5"}, 2, Options{}, [][]float32{{1234}, {2e6}, {3}, {4}, {5}}, "thousands separators"},
		"either":           {[]string{"1,234", "2,500", "3,125", "4,000", "5,001"}, 2, Options{}, [][]float32{{1234}, {2500}, {3125}, {4000}, {5001}}, "--decimal ,"},
		"as told":          {[]string{"1,234", "2,500", "3,125", "4,000", "5,001"}, 2, Options{Decimal: ","}, [][]float32{{1.234}, {2.5}, {3.125}, {4}, {5.001}}, ""},
		"filled":           {[]string{"1", "NA", "3", "", "8", "?", "8", "9"}, 2, Options{}, [][]float32{{1}, {8}, {3}, {8}, {8}, {8}, {8}, {9}}, "3 cells of 3 rows"},
		"dropped":          {[]string{"1", "NA", "3", "", "8"}, 2, Options{Missing: DropMissing}, [][]float32{{1}, {3}, {8}}, "2 rows left out"},
		"kept":             {[]string{"1", "NA", "3"}, 2, Options{Missing: KeepMissing}, [][]float32{{1}, {nan}, {3}}, "NaN"},
		"infinite":         {[]string{"1", "inf", "-Infinity"}, 2, Options{}, [][]float32{{1}, {float32(math.Inf(1))}, {float32(math.Inf(-1))}}, ""},
		"yes and no":       {[]string{"Yes", "no", "NO", "yes"}, 2, Options{}, [][]float32{{1}, {0}, {0}, {1}}, "as no 0 and yes 1"},
		"both":             {[]string{"Yes", "no", "NO", "yes"}, 3, Options{}, [][]float32{{0, 1}, {1, 0}, {1, 0}, {0, 1}}, "one-hot, 2 inputs"},
		"a scale":          {[]string{"Medium", "low", "high", "low"}, 2, Options{}, [][]float32{{1}, {0}, {2}, {0}}, "steps of a scale"},
		"not a scale":      {[]string{"Medium", "low", "red", "low", "red"}, 4, Options{}, [][]float32{{1, 0, 0}, {0, 1, 0}, {0, 0, 1}, {0, 1, 0}, {0, 0, 1}}, "one-hot, 3 inputs"},
		"a scale of one's": {[]string{"b", "c", "a", "c"}, 2, Options{Ordered: []string{"c=c<b<a"}}, [][]float32{{1}, {0}, {2}, {0}}, ""},
		"one-hot":          {[]string{"b", "c", "a", "c"}, 4, Options{}, [][]float32{{0, 1, 0}, {0, 0, 1}, {1, 0, 0}, {0, 0, 1}}, "one-hot, 3 inputs"},
		"without a first":  {[]string{"b", "c", "a", "c"}, 3, Options{}, [][]float32{{1, 0}, {0, 1}, {0, 0}, {0, 1}}, `one-hot without "a"`},
		"numbered":         {[]string{"b", "c", "a", "c"}, 2, Options{}, [][]float32{{1}, {2}, {0}, {2}}, "as numbers"},
		"left out":         {[]string{"b", "c", "a", "c"}, 1, Options{}, [][]float32{{}, {}, {}, {}}, "left out"},
		"categorical":      {[]string{"3", "7", "3", "7"}, 3, Options{Categorical: []string{"c"}}, [][]float32{{1, 0}, {0, 1}, {1, 0}, {0, 1}}, ""},
		"days":             {[]string{"2024-01-02", "2024-01-01", "2024-03-01"}, 2, Options{}, [][]float32{{1}, {0}, {60}}, "days since 2024-01-01"},
		"American days":    {[]string{"1/31/2024", "1/1/2024", "2/1/2024"}, 2, Options{}, [][]float32{{30}, {0}, {31}}, "days since 2024-01-01"},
		"European days":    {[]string{"31/1/2024", "1/1/2024", "1/2/2024"}, 2, Options{}, [][]float32{{30}, {0}, {31}}, "days since 2024-01-01"},
		"ambiguous days":   {[]string{"2/1/2024", "1/1/2024", "3/1/2024"}, 2, Options{}, [][]float32{{31}, {0}, {60}}, "--day-first reads day/month/year"},
		"day first":        {[]string{"2/1/2024", "1/1/2024", "3/1/2024"}, 2, Options{DayFirst: true}, [][]float32{{1}, {0}, {2}}, "days since"},
		"times":            {[]string{"06:00", "12:00", "18:00"}, 2, Options{}, [][]float32{{0.25}, {0.5}, {0.75}}, "share of the day"},
		"parts of days":    {[]string{"2024-01-02", "2023-12-01", "2024-03-01"}, 4, Options{}, [][]float32{{2024, 1, 2}, {2023, 12, 1}, {2024, 3, 1}}, "year, month and day"},
		"row numbers":      {[]string{"1", "2", "3", "4", "5"}, 1, Options{}, [][]float32{{}, {}, {}, {}, {}}, "it counts the rows"},
		"kept numbers":     {[]string{"1", "2", "3", "4", "5"}, 2, Options{}, [][]float32{{1}, {2}, {3}, {4}, {5}}, "the model's width asks for it"},
		"one number":       {[]string{"7", "7", "7"}, 1, Options{}, [][]float32{{}, {}, {}}, "each row has the same"},
		"a stray":          {[]string{"1", "2", "x", "4", "5", "6", "7", "8", "9", "10", "11", "12"}, 2, Options{}, nil, `"x" in line 4`},
	} {
		t.Run(name, func(t *testing.T) {
			made, err := one(t, "c", c.o, c.inputs, c.cells...)
			require.NoError(t, err)
			told := ""
			for _, a := range made.Assumed {
				require.True(t, a.OfData)
				told += a.String() + "\n"
			}
			require.Contains(t, told, c.says)
			for i, want := range c.want {
				got := made.Data.X.Row(i)[1:]
				require.Len(t, got, len(want))
				for k := range want {
					require.True(t, got[k] == want[k] || got[k] != got[k] && want[k] != want[k], "row %d: %v, want %v", i, got, want)
				}
			}
		})
	}
}

// What can't be read so says what it is, and what to do.
func TestColumnsThatDontFit(t *testing.T) {
	_, err := one(t, "c", Options{}, 2, "1", "x", "3", "4", "y")
	require.ErrorContains(t, err, `column 2 ("c"): "x" in line 3 is not a number`)
	_, err = one(t, "c", Options{}, 9, "b", "c", "a", "c")
	require.ErrorContains(t, err, `"c" one-hot, 3 inputs or one-hot without "a", 2 inputs or as numbers: "a" 0, "b" 1, "c" 2 or left out`)
	_, err = one(t, "c", Options{}, 2, "1", "1e300", "3")
	require.ErrorContains(t, err, `line 3, column 2 ("c"): 1e300 doesn't fit float32`)
	_, err = one(t, "c", Options{Drop: []string{"d", "c"}}, 1, "1", "2", "4")
	require.ErrorContains(t, err, `there is no column "d"; there are "plain", "c", "target"`)
	_, err = one(t, "c", Options{Targets: []string{"c"}, Drop: []string{"2"}}, 1, "1", "2", "4")
	require.ErrorContains(t, err, `the column "c" is a target and left out`)
	_, err = one(t, "c", Options{Targets: []string{"c"}}, 2, "", "", "")
	require.ErrorContains(t, err, `no row has a value in "c"`)
}

// The same choice of forms is made every time, and a table of many columns is searched in no time.
func TestFormsOfManyColumns(t *testing.T) {
	columns := make([]column, 400)
	for i := range columns {
		columns[i] = column{kind: isClasses, levels: make([]string, 3+i%5), codes: []int32{0}}
	}
	chosen, found := forms(columns, 777)
	require.True(t, found)
	require.Equal(t, 777, total(columns, chosen))
	_, found = forms(columns, 1<<20)
	require.False(t, found)
}

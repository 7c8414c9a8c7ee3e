package dataset

import (
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/unstuck/internal/allowance"
)

func TestReadCSV(t *testing.T) {
	tests := []struct {
		name, text string
		options    CSVOptions
		want       Data
	}{
		{"last column is the target", "a,b,c\n1,2,3\n4,5,6\n", CSVOptions{}, Data{
			X: Array{[]int{2, 2}, []float32{1, 2, 4, 5}}, Y: Array{[]int{2, 1}, []float32{3, 6}},
			Features: []string{"a", "b"}, Targets: []string{"c"},
		}},
		{"targets by name", "a,b,c\n1,2,3\n", CSVOptions{Targets: []string{"c", "a"}}, Data{
			X: Array{[]int{1, 1}, []float32{2}}, Y: Array{[]int{1, 2}, []float32{3, 1}},
			Features: []string{"b"}, Targets: []string{"c", "a"},
		}},
		{"features by name", "a,b,c\n1,x,3\n", CSVOptions{Features: []string{"a"}}, Data{
			X: Array{[]int{1, 1}, []float32{1}}, Y: Array{[]int{1, 1}, []float32{3}},
			Features: []string{"a"}, Targets: []string{"c"},
		}},
		{"no header", "1;2\r\n3;4", CSVOptions{NoHeader: true, Comma: ';'}, Data{
			X: Array{[]int{2, 1}, []float32{1, 3}}, Y: Array{[]int{2, 1}, []float32{2, 4}},
		}},
		{"byte order mark, blanks, quotes", "\ufeffa,\"b \"\"x\"\"\nB\", c\n\n 1 ,\"2\",\t3e0\n", CSVOptions{}, Data{
			X: Array{[]int{1, 2}, []float32{1, 2}}, Y: Array{[]int{1, 1}, []float32{3}},
			Features: []string{"a", "b \"x\"\nB"}, Targets: []string{"c"},
		}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got, err := readCSV(strings.NewReader(test.text), test.options)
			require.NoError(t, err)
			require.Equal(t, test.want, got)
			require.NoError(t, got.Validate())
		})
	}
}

func TestReadCSVRefuses(t *testing.T) {
	tests := []struct {
		name, text string
		options    CSVOptions
		says       string
	}{
		{"empty", "", CSVOptions{}, "no rows"},
		{"header alone", "a,b\n", CSVOptions{}, "only a header: no rows"},
		{"text cell", "a,bmi,c\n1,2,3\n1,tall,3\n", CSVOptions{}, `line 3, column 2 ("bmi"): "tall" is not a number`},
		{"text cell after a quoted line break", "a,\"b\nb\"\n1,2\nx,3\n", CSVOptions{}, `line 4, column 1 ("a")`},
		{"text without header", "1,2\n3,x\n", CSVOptions{NoHeader: true}, `line 2, column 2: "x" is not a number`},
		{"empty cell", "a,b\n1,\n", CSVOptions{}, `line 2, column 2 ("b"): the cell is empty`},
		{"too large for float32", "a,b\n1,1e39\n", CSVOptions{}, `line 2, column 2 ("b"): 1e39 doesn't fit float32`},
		{"short row", "a,b,c\n1,2,3\n1,2\n", CSVOptions{}, "line 3 has 2 cells, the first row has 3"},
		{"long row", "a,b\n1,2,3\n", CSVOptions{}, "line 2 has 3 cells, the first row has 2"},
		{"open quote", "a,b\n1,\"2\n", CSVOptions{}, "line 2"},
		{"bare quote", "a,b\n1,2\"\n", CSVOptions{}, "line 2, byte 4 of it"},
		{"same name twice", "a,b,a\n1,2,3\n", CSVOptions{}, `columns 1 and 3 are both called "a"`},
		{"header of numbers", "1,2\n3,4\n", CSVOptions{}, "set NoHeader"},
		{"unknown target", "a,b\n1,2\n", CSVOptions{Targets: []string{"y"}}, `there is no column "y"; there are ["a" "b"]`},
		{"unknown feature", "a,b\n1,2\n", CSVOptions{Features: []string{"x"}}, `there is no column "x"`},
		{"names without header", "1,2\n", CSVOptions{NoHeader: true, Targets: []string{"y"}}, "can't be picked by name"},
		{"another separator", "a;b\n1;2\n", CSVOptions{}, "is the separator ',' right?"},
		{"impossible separator", "a,b\n", CSVOptions{Comma: '"'}, "invalid field or comment delimiter"},
		{"too many columns", strings.Repeat(",", maxColumns) + "\n", CSVOptions{}, "too large"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			_, err := readCSV(strings.NewReader(test.text), test.options)
			require.ErrorContains(t, err, test.says)
		})
	}
	_, err := ReadCSV("testdata/missing.csv", CSVOptions{})
	require.ErrorIs(t, err, os.ErrNotExist)
}

func TestReadCSVLeavesNaNToValidate(t *testing.T) {
	d, err := readCSV(strings.NewReader("a,b\n1,2\nNaN,3\n"), CSVOptions{})
	require.NoError(t, err)
	require.ErrorContains(t, d.Validate(), `x is NaN at row 2, column 1 ("a")`)
}

func TestReadCSVOfDiabetes(t *testing.T) {
	d, err := ReadCSV("../../notebooks/data/diabetes.csv", CSVOptions{})
	require.NoError(t, err)
	require.NoError(t, d.Validate())
	require.Equal(t, []int{442, 10}, d.X.Shape)
	require.Equal(t, []string{"progression"}, d.Targets)
	require.Equal(t, []float32{59, 2, 32.1, 101, 157, 93.2, 38, 4, 4.8598, 87}, d.X.Row(0))
	require.Equal(t, []float32{57}, d.Y.Row(441))
}

func TestWriteCSV(t *testing.T) {
	path := filepath.Join(t.TempDir(), "data.csv")
	d := sample()
	d.X.Values[0], d.X.Values[1] = 0.1, -math.MaxFloat32
	require.NoError(t, WriteCSV(path, d))
	got, err := ReadCSV(path, CSVOptions{})
	require.NoError(t, err)
	require.Equal(t, d, got)

	d.Features, d.Targets = nil, nil
	require.NoError(t, WriteCSV(path, d))
	got, err = ReadCSV(path, CSVOptions{Targets: []string{"y0"}})
	require.NoError(t, err)
	require.Equal(t, []string{"x0", "x1"}, got.Features)

	d.SampleWeight = []float32{1, 1, 1}
	require.ErrorContains(t, WriteCSV(path, d), "sample weights")
	require.ErrorIs(t, WriteCSV(path, Data{}), ErrNoRows)
	sequence, err := Random(2, []int{3, 1}, []int{1}, 0)
	require.NoError(t, err)
	require.ErrorIs(t, WriteCSV(path, sequence), ErrShape)
	left, err := filepath.Glob(filepath.Join(filepath.Dir(path), "*"))
	require.NoError(t, err)
	require.Equal(t, []string{path}, left, "nothing is left behind")
}

// csvAllowance: every cell may be a name, found again for each error, and columns are looked for among columns.
var csvAllowance = allowance.Allowance{Fixed: 1 << 20, PerByte: 200}

func FuzzReadCSV(f *testing.F) {
	for _, text := range []string{"a,b\n1,2\n", "1,2\n3,4\n", "\ufeffa;b\n\"1\";NaN\n", "a,\"b\nc\"\n1,-2e-3\n", "a,b\n1", ",\n,", "a,b\n0x1p-2,1_0\n"} {
		f.Add(text, false)
		f.Add(text, true)
	}
	f.Fuzz(func(t *testing.T, text string, noHeader bool) {
		var d Data
		var err error
		csvAllowance.Check(t, len(text), func() { d, err = readCSV(strings.NewReader(text), CSVOptions{NoHeader: noHeader}) })
		if err != nil {
			require.NotContains(t, err.Error(), "\x00")
			return
		}
		require.NoError(t, d.ValidateShapes())
		require.LessOrEqual(t, len(d.X.Values)+len(d.Y.Values), len(text))
	})
}

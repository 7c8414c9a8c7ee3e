package saved

import (
	"image"
	"image/png"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/unstuck/pkg/dataset"
)

func numbersArray(rows, width int) dataset.Array {
	a := dataset.Array{Shape: []int{rows, width}, Values: make([]float32, rows*width)}
	for i := range a.Values {
		a.Values[i] = float32(i)
	}
	return a
}

// Arrays under the names that programs give them, and rows to validate on beside them unless a split is given.
func TestReadsArraysOfOtherNames(t *testing.T) {
	for _, names := range [][]string{{"X", "y"}, {"x_train", "y_train"}, {"features", "labels"}, {"arr_0", "arr_1"}, {"X_train", "y_train", "X_test", "y_test"}} {
		dir := written(t, map[string]string{"config.json": kerasConfig})
		arrays := []dataset.Array{numbersArray(6, 3), numbersArray(6, 1), numbersArray(2, 3), numbersArray(2, 1)}[:len(names)]
		require.NoError(t, dataset.WriteArrays(filepath.Join(dir, "mine.npz"), names, arrays))
		for _, settings := range []string{"{}", `{"validation_split": 0.5}`} {
			require.NoError(t, os.WriteFile(filepath.Join(dir, "fit.json"), []byte(settings), 0o644))
			f, err := Find(dir, Files{})
			require.NoError(t, err)
			c, err := f.Read()
			require.NoError(t, err, names)
			require.Equal(t, 6, c.Data.Rows())
			held := len(names) > 2 && settings == "{}"
			require.Equal(t, held, c.Validation.Rows() == 2, "%q %s", names, settings)
			told := ""
			for _, a := range c.Assumed {
				told += a.String() + "\n"
			}
			require.Equal(t, held, strings.Contains(told, `validation rows "X_test" and "y_test"`))
			require.Contains(t, told, names[0])
		}
	}
	dir := written(t, map[string]string{"config.json": kerasConfig})
	require.NoError(t, dataset.WriteArrays(filepath.Join(dir, "data.npz"), []string{"a", "b"}, []dataset.Array{numbersArray(6, 3), numbersArray(6, 1)}))
	_, err := Files{Model: filepath.Join(dir, "config.json"), Data: filepath.Join(dir, "data.npz")}.Read()
	require.ErrorContains(t, err, `there are ["a" "b"]`)
}

// Data are found by the usual names, then as pictures, then as the only file that can be data.
func TestFindsData(t *testing.T) {
	dir := written(t, map[string]string{"config.json": kerasConfig, "houses.csv": csvRows})
	f, err := Find(dir, Files{})
	require.NoError(t, err)
	require.Equal(t, filepath.Join(dir, "houses.csv"), f.Data)

	require.NoError(t, os.WriteFile(filepath.Join(dir, "more.tsv"), nil, 0o644))
	_, err = Find(dir, Files{})
	require.ErrorContains(t, err, "houses.csv and more.tsv")

	for i, class := range []string{"a", "b"} {
		require.NoError(t, os.MkdirAll(filepath.Join(dir, "images", class), 0o755))
		for _, name := range []string{"1.png", "2.png"} {
			file, err := os.Create(filepath.Join(dir, "images", class, name))
			require.NoError(t, err)
			m := image.NewGray(image.Rect(0, 0, 1, 3))
			m.Pix[0] = uint8(100 * i)
			require.NoError(t, png.Encode(file, m))
			require.NoError(t, file.Close())
		}
	}
	f, err = Find(dir, Files{})
	require.NoError(t, err)
	require.Equal(t, filepath.Join(dir, "images"), f.Data)
	c, err := f.Read()
	require.NoError(t, err)
	require.Equal(t, []int{4, 3}, c.Data.X.Shape, "gray pictures of three pixels fill three inputs")

	require.NoError(t, os.WriteFile(filepath.Join(dir, "data.csv"), []byte(csvRows), 0o644))
	f, err = Find(dir, Files{})
	require.NoError(t, err)
	require.Equal(t, filepath.Join(dir, "data.csv"), f.Data)
}

// A model with several inputs takes a table's columns by their names, or else in their order.
func TestReadsSeveralOfATable(t *testing.T) {
	path := filepath.Join(t.TempDir(), "data.csv")
	require.NoError(t, os.WriteFile(path, []byte("a,b,c,d,e,number,class\n1,2,3,4,5,0.5,0\n2,3,4,5,6,1.5,1\n5,3,1,5,7,2.5,1\n"), 0o644))
	c, err := Files{Model: filepath.Join("testdata", "several", "config.json"), Data: path}.Read()
	require.NoError(t, err)
	require.Equal(t, []float32{1, 2, 3}, c.Data.X.Row(0))
	require.Equal(t, []float32{4, 5}, c.Data.MoreX[0].Row(0))
	require.Equal(t, []float32{0.5, 1.5, 2.5}, c.Data.Y.Values)
	require.Equal(t, []float32{0, 1, 1}, c.Data.MoreY[0].Values)
}

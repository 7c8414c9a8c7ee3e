package saved

import (
	"fmt"
	"maps"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/unstuck/pkg/training"
)

// pairFolder has a model of three inputs and the tables that are given.
func pairFolder(t *testing.T, tables map[string]string) string {
	t.Helper()
	files := maps.Clone(tables)
	files["config.json"] = kerasConfig
	return written(t, files)
}

func rows(header string, from, n int) string {
	var b strings.Builder
	fmt.Fprintln(&b, header)
	for i := range n {
		fmt.Fprintf(&b, "%d.5,%d.25,%d.75,%d\n", from+i, 2*i, 3*i, (i*7)%11)
	}
	return b.String()
}

func assumed(c training.Training) string {
	told := ""
	for _, a := range c.Assumed {
		told += a.String() + "\n"
	}
	return told
}

// Of a pair of tables one is trained on, the other validated on, and the report says so.
func TestPairsOfTables(t *testing.T) {
	for _, names := range [][2]string{{"train.csv", "test.csv"}, {"houses_train.csv", "houses_valid.csv"}, {"Train.csv", "dev.csv"}, {"training.csv", "validation.csv"}} {
		dir := pairFolder(t, map[string]string{names[0]: rows("a,b,c,target", 0, 30), names[1]: rows("a,b,c,target", 100, 10)})
		files, err := Find(dir, Files{})
		require.NoError(t, err)
		c, err := files.Read()
		require.NoError(t, err, names)
		require.Equal(t, 30, c.Data.Rows())
		require.Equal(t, 10, c.Validation.Rows())
		require.Equal(t, []float32{100.5, 0.25, 0.75}, c.Validation.X.Row(0))
		require.Contains(t, assumed(c), "validation rows those of "+names[1])
		require.Contains(t, assumed(c), "--validation")
	}
}

// Validation is preferred to testing, and what isn't a pair stays an error that names the flag.
func TestWhichTablesAreAPair(t *testing.T) {
	table := rows("a,b,c,target", 0, 20)
	files, err := Find(pairFolder(t, map[string]string{"train.csv": table, "test.csv": table, "val.csv": table}), Files{})
	require.NoError(t, err)
	require.Equal(t, "val.csv", filepath.Base(files.Validation))
	_, err = Find(pairFolder(t, map[string]string{"a_train.csv": table, "b_test.csv": table}), Files{})
	require.ErrorContains(t, err, "--data")
	_, err = Find(pairFolder(t, map[string]string{"a.csv": table, "b.csv": table}), Files{})
	require.ErrorContains(t, err, "--data")
}

// A table without the target, as competitions have it, is left alone where nobody asked for it, and refused where somebody did. Columns
// in another order are found by their names.
func TestPairsThatDiffer(t *testing.T) {
	dir := pairFolder(t, map[string]string{"train.csv": rows("a,b,c,target", 0, 20), "test.csv": "a,b,c\n1.5,2,3\n2.5,3,4\n"})
	files, err := Find(dir, Files{})
	require.NoError(t, err)
	c, err := files.Read()
	require.NoError(t, err)
	require.Zero(t, c.Validation.Rows())
	require.Contains(t, assumed(c), `no column "target"`)
	files, err = Find(dir, Files{Validation: filepath.Join(dir, "test.csv")})
	require.NoError(t, err)
	_, err = files.Read()
	require.ErrorContains(t, err, `no column "target"`)

	dir = pairFolder(t, map[string]string{"data.csv": rows("a,b,c,target", 0, 20), "held.csv": "target,c,b,a\n9.5,6.5,8.5,7.5\n6.5,3.5,5.5,4.5\n"})
	files, err = Find(dir, Files{Validation: filepath.Join(dir, "held.csv")})
	require.NoError(t, err)
	c, err = files.Read()
	require.NoError(t, err)
	require.Equal(t, []float32{7.5, 8.5, 6.5}, c.Validation.X.Row(0))
	require.Equal(t, []float32{9.5}, c.Validation.Y.Row(0))
}

// Where rows are named to validate on, a validation_split doesn't take their place; where they were only found, it does.
func TestValidationFileOverASplit(t *testing.T) {
	dir := pairFolder(t, map[string]string{"train.csv": rows("a,b,c,target", 0, 30), "test.csv": rows("a,b,c,target", 100, 10), "fit.json": `{"validation_split": 0.2}`})
	for _, asked := range []bool{true, false} {
		var given Files
		if asked {
			given.Validation = filepath.Join(dir, "test.csv")
		}
		files, err := Find(dir, given)
		require.NoError(t, err)
		c, err := files.Read()
		require.NoError(t, err)
		if asked {
			require.Equal(t, 10, c.Validation.Rows())
			require.Zero(t, c.ValidationSplit)
			require.Contains(t, assumed(c), "in place of")
		} else {
			require.Zero(t, c.Validation.Rows())
			require.Equal(t, 0.2, c.ValidationSplit)
		}
	}
}

// An error of a cell names the file in which it is, and its place there, of a pair of tables too.
func TestErrorNamesTheTableOfAPair(t *testing.T) {
	whole, more := rows("a,b,c,target", 0, 30), rows("a,b,c,target", 100, 10)
	texts := "a,b,c,target\n" + strings.Repeat("1,2,3,4\n", 2) + strings.Repeat("1,2,3,yak\n1,2,3,cow\n", 12)
	for name, f := range map[string]struct{ train, held, want, not string }{
		"validation":               {whole, texts, `"yak" in line 4 of `, "train.csv: "},
		"validation, beyond float": {whole, strings.Replace(more, "103.5", "1e300", 1), "line 5 of ", "train.csv: "},
		"training, beyond float":   {strings.Replace(whole, "3.5", "1e300", 1), more, "line 5 of ", "train.csv: "},
	} {
		dir := pairFolder(t, map[string]string{"train.csv": f.train, "other.csv": f.held})
		_, err := Files{Model: filepath.Join(dir, "config.json"), Data: filepath.Join(dir, "train.csv"), Validation: filepath.Join(dir, "other.csv")}.Read()
		require.Error(t, err, name)
		file := "other.csv"
		if strings.HasPrefix(name, "training") {
			file = "train.csv"
		}
		require.ErrorContains(t, err, f.want+filepath.Join(dir, file), name)
		require.NotContains(t, err.Error(), f.not, name)
	}
}

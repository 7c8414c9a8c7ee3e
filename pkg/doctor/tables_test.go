package doctor_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/unstuck/pkg/doctor"
	"example.com/unstuck/pkg/exchange/saved"
	_ "example.com/unstuck/pkg/exchange/table/parquet" // one of them is such a file
)

// Tables as people have them, with a model each (testdata/make_tables.py makes them): the columns are handled right without a flag, what was assumed is told, and
// the verdict is that of the clean data.
func TestDiagnoseTables(t *testing.T) {
	folders, err := filepath.Glob(filepath.Join("..", "exchange", "table", "testdata", "tables", "*"))
	require.NoError(t, err)
	require.GreaterOrEqual(t, len(folders), 17)
	for _, folder := range folders {
		t.Run(filepath.Base(folder), func(t *testing.T) {
			var want struct {
				Accept      []doctor.Cause
				Rows, Width int
				Says        []string
			}
			content, err := os.ReadFile(filepath.Join(folder, "expected.json"))
			require.NoError(t, err)
			require.NoError(t, json.Unmarshal(content, &want))

			files, err := saved.Find(folder, saved.Files{})
			require.NoError(t, err)
			c, err := files.Read()
			require.NoError(t, err)
			require.Equal(t, want.Rows, c.Data.Rows())
			require.Equal(t, want.Width, c.Data.X.RowSize())

			r, err := doctor.Examine(t.Context(), c, doctor.Options{})
			require.NoError(t, err)
			require.True(t, slices.Contains(want.Accept, r.Cause), "%s, want one of %s", r.Cause, want.Accept)
			told := ""
			for _, a := range r.Training.Assumed {
				if a.OfData {
					told += a.String() + "\n"
				}
			}
			for _, words := range want.Says {
				require.Contains(t, told, words)
			}
		})
	}
}

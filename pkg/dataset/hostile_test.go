package dataset

import (
	"archive/zip"
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// Large files of what costs most, and of what an error might quote: each ends in a short error within the allowance.
func TestHostileTables(t *testing.T) {
	const many = 1 << 20
	for name, text := range map[string]string{
		"columns":      strings.Repeat(",", many),
		"most columns": strings.Repeat("a,", maxColumns-1) + "b\n" + strings.Repeat("1,", maxColumns),
		"one name":     strings.Repeat("x", many) + ",y\n1",
		"name twice":   strings.Repeat("x", many) + "," + strings.Repeat("x", many) + "\n1,2\n",
		"one cell":     "a,b\n" + strings.Repeat("x", many) + ",2\n",
		"one number":   "a,b\n" + strings.Repeat("9", many) + ",2\n",
		"open quote":   "a,b\n\"" + strings.Repeat("1,2\n", many/4),
		"quotes":       "a,b\n" + strings.Repeat("\"\"", many/2) + ",1\n",
		"lines":        strings.Repeat("\n", many),
		"rows":         "a,b\n" + strings.Repeat("1,2\n", many/4) + "1,x\n",
		"nul":          strings.Repeat("\x00", many),
		"no such name": distinct(20000) + "\n",
	} {
		t.Run(name, func(t *testing.T) {
			var err error
			var options CSVOptions
			if name == "no such name" {
				options.Targets = []string{"none"}
			}
			csvAllowance.Check(t, len(text), func() { _, err = readCSV(strings.NewReader(text), options) })
			require.Error(t, err)
			require.Less(t, len(err.Error()), 2000)
		})
	}
}

func distinct(n int) string {
	var names []string
	for i := range n {
		names = append(names, fmt.Sprintf("column %d", i))
	}
	return strings.Join(names, ",")
}

func TestArchiveOfManyArrays(t *testing.T) {
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for i := range maxEntries {
		_, err := z.Create(strings.Repeat("z", 100) + fmt.Sprint(i) + ".npy")
		require.NoError(t, err)
	}
	require.NoError(t, z.Close())
	_, err := readNPZ(bytes.NewReader(b.Bytes()), int64(b.Len()), Sources("x"), Sources("y"))
	require.ErrorContains(t, err, "and 1004 more")
	require.Less(t, len(err.Error()), 2000)
}

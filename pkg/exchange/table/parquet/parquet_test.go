package parquet_test

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/unstuck/pkg/exchange/table"
	_ "example.com/unstuck/pkg/exchange/table/parquet"
)

func Example() {
	t, err := table.Open(filepath.Join("..", "testdata", "tables", "iris-parquet", "data.parquet"), table.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(t.Rows(), t.Names[1])
	// Output: 150 sepal_length
}

// A damaged Parquet file is an error, whichever byte is wrong.
func TestDamagedParquet(t *testing.T) {
	whole, err := os.ReadFile(filepath.Join("..", "testdata", "tables", "iris-parquet", "data.parquet"))
	require.NoError(t, err)
	read, err := table.Read(whole, table.Options{})
	require.NoError(t, err)
	require.Equal(t, []string{"sample_id", "sepal_length", "sepal_width", "petal_length", "petal_width", "measured", "checked", "species"}, read.Names)
	require.Equal(t, 150, read.Rows())
	require.Equal(t, "2024-01-02 00:00:00", read.Cell(1, 5))
	require.Equal(t, "true", read.Cell(1, 6))
	for at := 4; at < len(whole); at += 61 {
		damaged := append([]byte(nil), whole...)
		damaged[at] ^= 0xff
		if read, err := table.Read(damaged, table.Options{}); err == nil { // a value may be another
			require.Equal(t, 150, read.Rows())
		}
		_, err := table.Read(whole[:at], table.Options{})
		require.Error(t, err)
	}
}

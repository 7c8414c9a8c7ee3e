package dataset

import (
	"path/filepath"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/unstuck/internal/smalldisk"
)

func TestWritingOnAFullDisk(t *testing.T) {
	folder := smalldisk.New(t, 64<<10)
	small, err := Random(10, []int{2}, []int{1}, 1)
	require.NoError(t, err)
	large, err := Random(100_000, []int{2}, []int{1}, 1)
	require.NoError(t, err)
	for name, write := range map[string]func(string, Data) error{"data.npz": WriteNPZ, "data.csv": WriteCSV} {
		path := filepath.Join(folder, name)
		require.NoError(t, write(path, small))
		err := write(path, large)
		require.ErrorIs(t, err, syscall.ENOSPC)
		require.ErrorContains(t, err, "dataset: writing "+path+": ")
		require.ErrorContains(t, err, "free some space")
	}
	got, err := ReadNPZ(filepath.Join(folder, "data.npz"))
	require.NoError(t, err)
	require.Equal(t, small.X, got.X, "the file of before")
	got, err = ReadCSV(filepath.Join(folder, "data.csv"), CSVOptions{})
	require.NoError(t, err)
	require.Equal(t, small.X, got.X)
	left, err := filepath.Glob(filepath.Join(folder, "*"))
	require.NoError(t, err)
	require.Len(t, left, 2)
}

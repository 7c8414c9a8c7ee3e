package dataset

import (
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestArraysByName(t *testing.T) {
	folder := t.TempDir()
	path := filepath.Join(folder, "a.npz")
	a, b := Array{Shape: []int{2, 1}, Values: []float32{1, 2}}, Array{Shape: []int{3}, Values: []float32{3, 4, 5}}
	require.NoError(t, WriteArrays(path, []string{"a", "b"}, []Array{a, b}))
	got, err := ReadArrays(path, []string{"b", "a"})
	require.NoError(t, err)
	require.Equal(t, []Array{b, a}, got)

	_, err = ReadArrays(path, []string{"a", "c"})
	require.ErrorContains(t, err, `"c"`)
	require.ErrorContains(t, err, `"b"`, "the names that are there")
	_, err = ReadArrays(filepath.Join("testdata", "x.npy"), []string{"a", "b"})
	require.ErrorContains(t, err, "an .npy has one array")
	_, err = ReadArrays("a.csv", []string{"a"})
	require.ErrorContains(t, err, ".npz")
	_, err = ReadArrays(filepath.Join(folder, "none.npz"), []string{"a"})
	require.ErrorContains(t, err, "none.npz")
	require.Error(t, WriteArrays(path, []string{"a"}, nil))
	require.Error(t, WriteArrays(path, []string{"a"}, []Array{{}}))
}

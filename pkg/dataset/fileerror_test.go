package dataset

import (
	"archive/zip"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// What is wrong with the arrays of a file is told with the file's name, and that of the package once.
func TestErrorsOfFilesNameThePackageOnce(t *testing.T) {
	dir := t.TempDir()
	shapes := map[string]string{"x": "(2, 1)", "y": "(3, 1)"}
	unlike := filepath.Join(dir, "unlike.npz")
	file, err := os.Create(unlike)
	require.NoError(t, err)
	archive := zip.NewWriter(file)
	for name, shape := range shapes {
		w, err := archive.Create(name + ".npy")
		require.NoError(t, err)
		header := fmt.Sprintf("{'descr': '<f4', 'fortran_order': False, 'shape': %s, }\n", shape)
		_, err = fmt.Fprintf(w, "\x93NUMPY\x01\x00%c%c%s%s", len(header), 0, header, strings.Repeat("\x00", 4*int(shape[1]-'0')))
		require.NoError(t, err)
	}
	require.NoError(t, archive.Close())
	require.NoError(t, file.Close())
	broken := filepath.Join(dir, "broken.npz")
	require.NoError(t, os.WriteFile(broken, []byte("PK"), 0o600))
	cell := filepath.Join(dir, "cell.csv")
	require.NoError(t, os.WriteFile(cell, []byte("a,y\n1,x\n"), 0o600))

	_, err = ReadNPZ(unlike)
	require.ErrorIs(t, err, ErrShape)
	said := []error{err}
	_, err = ReadNPZ(broken)
	said = append(said, err)
	_, err = ReadCSV(cell, CSVOptions{Targets: []string{"y"}})
	said = append(said, err)
	for i, path := range []string{unlike, broken, cell} {
		require.ErrorContains(t, said[i], "dataset: "+path+": ")
		require.Equal(t, 1, strings.Count(said[i].Error(), "dataset: "), said[i].Error())
	}
}

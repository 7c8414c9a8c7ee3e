package boundedfile_test

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/unstuck/internal/boundedfile"
)

func ExampleRead() {
	_, err := boundedfile.Read(os.DevNull, 10, "settings")
	fmt.Println(err)
	_, err = boundedfile.Read("/dev/zero", 10, "settings")
	fmt.Println(err)
	// Output:
	// <nil>
	// /dev/zero: more than 10 bytes are no settings
}

func TestRead(t *testing.T) {
	path := filepath.Join(t.TempDir(), "fit.json")
	require.NoError(t, os.WriteFile(path, []byte("0123456789"), 0o600))
	got, err := boundedfile.Read(path, 10, "settings")
	require.NoError(t, err)
	require.Equal(t, "0123456789", string(got))
	_, err = boundedfile.Read(path, 9, "settings")
	require.EqualError(t, err, path+": more than 9 bytes are no settings")
	_, err = boundedfile.Read(path+"x", 9, "settings")
	require.ErrorIs(t, err, fs.ErrNotExist)
	_, err = boundedfile.Read(t.TempDir(), 9, "settings")
	require.Error(t, err, "a folder")
}

package atomicfile

import (
	"io"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// What a killed writer left is removed; the file of one that is writing, and other paths' files, stay.
func TestRemoveLeftovers(t *testing.T) {
	folder := t.TempDir()
	path := filepath.Join(folder, "run.ckpt")
	left, other := filepath.Join(folder, filepath.Base(prefix(path))+"123"), filepath.Join(folder, prefix("another")+"123")
	require.NoError(t, os.WriteFile(left, []byte("half"), 0o600))
	require.NoError(t, os.WriteFile(other, []byte("half"), 0o600))
	require.True(t, Abandoned(left))
	err := Write(path, 0o644, func(w io.Writer) error {
		require.NoError(t, RemoveLeftovers(path))
		living, err := filepath.Glob(filepath.Join(folder, prefix(path)+"*"))
		require.NoError(t, err)
		require.Len(t, living, 1)
		require.False(t, Abandoned(living[0]))
		return put("one")(w)
	})
	require.NoError(t, err, "its file is still there")
	assert.NoFileExists(t, left)
	assert.FileExists(t, other)
}

// Writers and removers side by side: no writer loses its file, and nothing is left.
func TestRemoveLeftoversBesideWriters(t *testing.T) {
	folder := t.TempDir()
	path := filepath.Join(folder, "file")
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			for range 200 {
				assert.NoError(t, Replace(path, 0o644, put("text")))
			}
		})
		all.Go(func() {
			for range 200 {
				assert.NoError(t, RemoveLeftovers(path))
			}
		})
	}
	all.Wait()
	entries, err := os.ReadDir(folder)
	require.NoError(t, err)
	assert.Len(t, entries, 1)
}

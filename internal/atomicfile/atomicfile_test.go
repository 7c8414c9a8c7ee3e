package atomicfile

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"example.com/unstuck/internal/smalldisk"
)

func put(text string) func(io.Writer) error {
	return func(w io.Writer) error {
		_, err := io.WriteString(w, text)
		return err
	}
}

func TestWrite(t *testing.T) {
	folder := t.TempDir()
	path := filepath.Join(folder, strings.Repeat("ö", 120)) // a name as long as a file system takes
	require.NoError(t, Write(path, 0o640, put("one")))
	require.NoError(t, Write(path, 0o640, put("two")))
	text, err := os.ReadFile(path)
	require.NoError(t, err)
	assert.Equal(t, "two", string(text))
	info, err := os.Stat(path)
	require.NoError(t, err)
	assert.Equal(t, fs.FileMode(0o640), info.Mode())

	wrong := errors.New("wrong shape")
	err = Write(path, 0o640, func(w io.Writer) error { return errors.Join(put("three")(w), wrong) })
	require.ErrorIs(t, err, wrong)
	entries, err := os.ReadDir(folder)
	require.NoError(t, err)
	assert.Len(t, entries, 1)
	text, err = os.ReadFile(path)
	require.NoError(t, err)
	assert.Equal(t, "two", string(text))

	link := filepath.Join(t.TempDir(), "link")
	require.NoError(t, os.Symlink(path, link))
	require.NoError(t, Write(link, 0o640, put("by the link")))
	text, err = os.ReadFile(path)
	require.NoError(t, err)
	assert.Equal(t, "by the link", string(text))
	assert.ErrorContains(t, Write(folder, 0o640, put("")), "is a directory")
	assert.NoError(t, Write(os.DevNull, 0o640, put("gone")))
	info, err = os.Stat(os.DevNull)
	require.NoError(t, err)
	assert.False(t, info.Mode().IsRegular(), "a device stays one")

	nowhere := filepath.Join(folder, "none", "file")
	assert.EqualError(t, Write(nowhere, 0o600, put("")), "writing "+nowhere+": no such file or directory")
}

func TestWriteOnAFullDisk(t *testing.T) {
	folder := smalldisk.New(t, 64<<10)
	path := filepath.Join(folder, "file")
	require.NoError(t, Write(path, 0o600, put("before")))
	err := Write(path, 0o600, put(strings.Repeat("x", 1<<20)))
	require.ErrorIs(t, err, syscall.ENOSPC)
	assert.EqualError(t, err, "writing "+path+": no space left on device; the file is as it was before: free some space, or write to another disk")
	text, err := os.ReadFile(path)
	require.NoError(t, err)
	assert.Equal(t, "before", string(text))
	entries, err := os.ReadDir(folder)
	require.NoError(t, err)
	assert.Len(t, entries, 1, "nothing takes room")
}

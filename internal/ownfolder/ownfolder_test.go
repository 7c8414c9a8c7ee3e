package ownfolder

import (
	"os"
	"path/filepath"
	"runtime"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestMake(t *testing.T) {
	top := t.TempDir()
	folder := filepath.Join(top, "a", "b")
	require.NoError(t, Make(folder))
	require.NoError(t, Make(folder), "the one that is there")
	info, err := os.Stat(folder)
	require.NoError(t, err)
	if runtime.GOOS != "windows" { // which has no such permissions
		assert.Equal(t, os.FileMode(0o700), info.Mode().Perm())
		require.NoError(t, os.Chmod(folder, 0o750))
		assert.ErrorContains(t, Make(folder), "open to other users")
		require.NoError(t, os.Chmod(folder, 0o700))
	}

	link := filepath.Join(top, "link")
	require.NoError(t, os.Symlink(folder, link))
	assert.ErrorContains(t, Make(link), "is no folder", "a link may come to lead elsewhere")
	file := filepath.Join(top, "file")
	require.NoError(t, os.WriteFile(file, nil, 0o600))
	assert.ErrorContains(t, Make(file), "is no folder")
	assert.Error(t, Make(filepath.Join(file, "below")))
}

func TestMakeOfAnother(t *testing.T) {
	folder := t.TempDir()
	require.NoError(t, os.Chmod(folder, 0o700))
	if os.Geteuid() != 0 || os.Chown(folder, 12345, 12345) != nil {
		return // only root can give a folder away
	}
	assert.ErrorContains(t, Make(folder), "belongs to another user")
}

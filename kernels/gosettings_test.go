package kernels

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestReadGoSettings(t *testing.T) {
	t.Setenv("GOFLAGS", "-trimpath -mod=mod")
	t.Setenv("GOCACHE", filepath.Join(t.TempDir(), "a cache"))
	user, err := readGoSettings()
	require.NoError(t, err)
	assert.Equal(t, goSettings{flags: "-trimpath -mod=mod", cache: os.Getenv("GOCACHE")}, user)
}

func TestWritableCache(t *testing.T) {
	folder := t.TempDir()
	file := filepath.Join(folder, "file")
	write(t, file, "")
	below, good, other := filepath.Join(file, "cache"), filepath.Join(folder, "new", "cache"), filepath.Join(folder, "other")
	assert.Equal(t, good, writableCache("off", "", below, good, other))
	assert.NoDirExists(t, other)
	left, err := os.ReadDir(good)
	require.NoError(t, err)
	assert.Empty(t, left)
	assert.Equal(t, below, writableCache(below, ""), "the go command says what is wrong with it")
}

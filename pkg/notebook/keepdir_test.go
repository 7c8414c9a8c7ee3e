package notebook

import (
	"path/filepath"
	"reflect"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func storedType[T any]() reflect.Type { return reflect.TypeFor[T]() }

func mustDigest(t *testing.T, inputs ...any) string {
	t.Helper()
	digest, err := digestOf(inputs)
	require.NoError(t, err)
	return digest
}

func TestKeepDir(t *testing.T) {
	cache := t.TempDir()
	t.Setenv("XDG_CACHE_HOME", cache)
	t.Setenv("HOME", cache)
	t.Setenv("UNSTUCK_KEEP", "")
	t.Setenv("GONB_PIPE", "pipe")
	t.Setenv("GONB_DIR", "/books")
	t.Setenv("GONB_TMP_DIR", "/tmp/kernel")
	folder := func(session string) string {
		t.Setenv("JPY_SESSION_NAME", session)
		dir, err := KeepDir()
		require.NoError(t, err)
		return dir
	}
	one := folder("/books/01-learning-rate.ipynb")
	assert.Contains(t, filepath.Base(one), "01-learning-rate-")
	assert.Equal(t, one, folder("01-learning-rate.ipynb"), "relative to the notebook's folder")
	assert.NotEqual(t, one, folder("/elsewhere/01-learning-rate.ipynb"))
	assert.Equal(t, filepath.FromSlash("/tmp/kernel/keep"), folder(""))

	t.Setenv("GONB_PIPE", "")
	assert.Equal(t, folder(""), folder("ignored outside a notebook"))
	assert.NotContains(t, folder(""), "kernel")

	t.Setenv("UNSTUCK_KEEP", cache)
	assert.Equal(t, cache, folder(""))
}

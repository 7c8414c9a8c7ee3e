package notebook

import (
	"os"
	"path/filepath"
	"reflect"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func storedType[T any]() reflect.Type { return reflect.TypeFor[T]() }

func TestKeepDir(t *testing.T) {
	home, cache := t.TempDir(), t.TempDir()
	t.Setenv("XDG_CACHE_HOME", cache)
	t.Setenv("HOME", cache)
	t.Setenv("UNSTUCK_KEEP", "")
	t.Setenv("UNSTUCK_HOME", home)
	t.Setenv("GONB_PIPE", "pipe")
	t.Setenv("GONB_DIR", "/books")
	t.Setenv("GONB_TMP_DIR", "/tmp/kernel")
	folder := func(session string) string {
		t.Setenv("JPY_SESSION_NAME", session)
		dir, err := KeepDir()
		require.NoError(t, err)
		assert.NotContains(t, dir, cache, "nothing goes into the user's home")
		return dir
	}
	one := folder("/books/01-learning-rate.ipynb")
	assert.Equal(t, filepath.Join(home, ".lab", "keep"), filepath.Dir(one), "make clean removes .lab")
	assert.Contains(t, filepath.Base(one), "01-learning-rate-")
	assert.Equal(t, one, folder("01-learning-rate.ipynb"), "relative to the notebook's folder")
	assert.NotEqual(t, one, folder("/elsewhere/01-learning-rate.ipynb"))
	assert.Equal(t, filepath.FromSlash("/tmp/kernel/keep"), folder(""))

	other := t.TempDir()
	t.Setenv("UNSTUCK_HOME", other)
	assert.NotEqual(t, one, folder("/books/01-learning-rate.ipynb"), "another project")
	t.Setenv("UNSTUCK_HOME", "")
	require.NoError(t, os.WriteFile(filepath.Join(other, "go.mod"), []byte("module other\n"), 0o600))
	require.NoError(t, os.Mkdir(filepath.Join(other, "books"), 0o700))
	assert.Equal(t, filepath.Join(other, ".lab", "keep"), filepath.Dir(folder(filepath.Join(other, "books", "a.ipynb"))))

	t.Setenv("GONB_PIPE", "")
	t.Chdir(filepath.Join(other, "books"))
	assert.Equal(t, filepath.Join(other, ".lab", "keep"), filepath.Dir(folder("ignored outside a notebook")))
	t.Setenv("UNSTUCK_KEEP", cache)
	dir, err := KeepDir()
	require.NoError(t, err)
	assert.Equal(t, cache, dir)
}

func TestKeptValuesOfAModuleAreNotForGit(t *testing.T) {
	dir := keepFolder(t.TempDir(), "/books/a.ipynb")
	root, err := makeKeepDir(dir)
	require.NoError(t, err)
	assert.Equal(t, filepath.Dir(dir), root)
	assert.FileExists(t, filepath.Join(root, ".gitignore"))
	own := filepath.Join(t.TempDir(), "own")
	root, err = makeKeepDir(own)
	require.NoError(t, err)
	assert.Equal(t, own, root)
	assert.NoFileExists(t, filepath.Join(own, ".gitignore"))
}

package notebook

import (
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"example.com/unstuck/internal/atomicfile"
)

func TestVersionsOfANameLieBesideEachOther(t *testing.T) {
	t.Setenv("UNSTUCK_KEEP", t.TempDir())
	calls := 0
	keep := func(rate float64) float64 {
		got, err := Keep("run", func() (float64, error) { calls++; return rate, nil }, rate)
		require.NoError(t, err)
		return got
	}
	for range 3 {
		for _, rate := range []float64{1e-7, 1e-3, 10} {
			assert.Equal(t, rate, keep(rate))
		}
	}
	assert.Equal(t, 3, calls)
	keep(1e-7)
	last, err := Recall[float64]("run")
	require.NoError(t, err)
	assert.Equal(t, 1e-7, last, "the one asked for last")
	_, err = Keep("run-of-another-name", func() (int, error) { return 1, nil })
	require.NoError(t, err)
	require.NoError(t, Forget("run"))
	_, err = Recall[float64]("run")
	assert.Error(t, err)
	_, err = Recall[int]("run-of-another-name")
	assert.NoError(t, err)
}

func TestNameInAFile(t *testing.T) {
	for _, name := range []string{"a", "waves ReLU", "a-0123456789abcdef", "größer"} {
		assert.Equal(t, name, nameIn(keepPath("/x/keep", name, "0123456789abcdef0123")))
	}
	for _, other := range []string{"", ".kept", "a.kept", "-0123456789abcdef.kept", "a-0123456789abcdef.txt"} {
		assert.Empty(t, nameIn(other), "%q", other)
	}
}

func TestKeptValuesAreBounded(t *testing.T) {
	root := t.TempDir()
	write := func(path string, size int, age time.Duration) string {
		path = filepath.Join(root, path)
		require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o700))
		require.NoError(t, os.WriteFile(path, make([]byte, size), 0o600))
		when := time.Now().Add(-age)
		require.NoError(t, os.Chtimes(path, when, when))
		return path
	}
	var paths []string
	for i := range 10 {
		paths = append(paths, write(fmt.Sprintf("book-%d/n-%016d.kept", i%3, i), 100, time.Duration(10-i)*time.Hour))
	}
	foreign := write("book-0/mine.txt", 5000, 1000*time.Hour)
	left := write("book-0/"+atomicfile.Temporary+"1", 10, 48*time.Hour)

	keepLimits{bytes: 650, files: 100}.evict(root, paths[0])
	assert.FileExists(t, paths[0], "the one just written")
	for i, path := range paths[1:] {
		if i+1 <= 4 {
			assert.NoFileExists(t, path)
		} else {
			assert.FileExists(t, path)
		}
	}
	assert.FileExists(t, foreign)
	assert.NoFileExists(t, left)

	keepLimits{bytes: 1 << 20, files: 2}.evict(root, paths[9])
	for i, path := range paths[:8] {
		assert.NoFileExists(t, path, "%d", i)
	}
	assert.FileExists(t, paths[8])
	assert.FileExists(t, paths[9])
}

func TestKeepEvicts(t *testing.T) {
	defer func(l keepLimits) { keptAtMost = l }(keptAtMost)
	keptAtMost = keepLimits{bytes: 1 << 30, files: 5}
	dir := t.TempDir()
	t.Setenv("UNSTUCK_KEEP", dir)
	for i := range 20 {
		_, err := Keep("n", func() (int, error) { return i, nil }, i)
		require.NoError(t, err)
	}
	paths, err := keptFiles(dir)
	require.NoError(t, err)
	assert.Len(t, paths, 5)
}

// Two kernels may keep, ask for and evict at once: each gets its own value.
func TestKeepAtOnce(t *testing.T) {
	defer func(l keepLimits) { keptAtMost = l }(keptAtMost)
	keptAtMost = keepLimits{bytes: 1 << 30, files: 3}
	t.Setenv("UNSTUCK_KEEP", t.TempDir())
	var group sync.WaitGroup
	for range 4 {
		group.Go(func() {
			for i := range 40 {
				got, err := Keep("n", func() (int, error) { return i % 5, nil }, i%5)
				assert.NoError(t, err)
				assert.Equal(t, i%5, got)
			}
		})
	}
	group.Wait()
}

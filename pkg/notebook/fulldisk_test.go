package notebook

import (
	"bytes"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"example.com/unstuck/internal/smalldisk"
)

func TestKeepOnAFullDisk(t *testing.T) {
	dir := filepath.Join(smalldisk.New(t, 64<<10), "kept")
	t.Setenv("UNSTUCK_KEEP", dir)
	_, err := Keep("run", func() ([]float64, error) { return []float64{1, 2}, nil }, "small")
	require.NoError(t, err)

	large := make([]float64, 100_000)
	for i := range large {
		large[i] = rand.Float64()
	}
	said := standardError(t, func() {
		got, err := Keep("run", func() ([]float64, error) { return large, nil }, "large")
		require.NoError(t, err, "hours of training must not be lost to a full disk")
		assert.Equal(t, large, got)
	})
	assert.Contains(t, said, `notebook: "run" is not kept and will be computed again: writing `+filepath.Join(dir, "run-"))
	assert.Contains(t, said, ".kept: no space left on device")
	assert.Contains(t, said, "free some space")
	old, err := Recall[[]float64]("run")
	require.NoError(t, err)
	assert.Equal(t, []float64{1, 2}, old, "what was kept before is still there")
	entries, err := os.ReadDir(dir)
	require.NoError(t, err)
	assert.Len(t, entries, 1)
}

// standardError returns what f writes there.
func standardError(t *testing.T, f func()) string {
	t.Helper()
	file, err := os.CreateTemp(t.TempDir(), "")
	require.NoError(t, err)
	before := os.Stderr
	os.Stderr = file
	defer func() { os.Stderr = before }()
	f()
	require.NoError(t, file.Close())
	text, err := os.ReadFile(file.Name())
	require.NoError(t, err)
	return string(bytes.TrimSpace(text))
}

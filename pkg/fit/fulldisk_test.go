package fit_test

import (
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/unstuck/internal/smalldisk"
	"example.com/unstuck/pkg/fit"
)

// A disk that is full by the second epoch: the training ends with an error that names the file, and what the file
// holds is the first epoch, whole.
func TestCheckpointOnAFullDisk(t *testing.T) {
	folder := smalldisk.New(t, 64<<10)
	path := filepath.Join(folder, "run.ckpt")
	filler := filepath.Join(folder, "filler")
	fill := fit.OnEpochEnd(func(r *fit.Run) error {
		if r.Epoch == 2 {
			_ = os.WriteFile(filler, make([]byte, 1<<20), 0o600) // as much as goes in
		}
		return nil
	})
	settings := fit.Config{Epochs: 5, Checkpoint: fit.Checkpointing{Path: path}, Callbacks: []fit.Callback{fill}}
	m := smallModel(t)
	_, err := m.Fit(ctx, noise(t, 40), settings)
	require.ErrorIs(t, err, syscall.ENOSPC)
	require.ErrorContains(t, err, "writing "+path+": no space left on device")
	require.ErrorContains(t, err, "free some space")
	require.ErrorContains(t, m.Save(path), "free some space")
	left, err := filepath.Glob(filepath.Join(folder, "*"))
	require.NoError(t, err)
	require.Equal(t, []string{filler, path}, left)

	require.NoError(t, os.Remove(filler))
	settings.Callbacks = nil
	h, err := smallModel(t).Fit(ctx, noise(t, 40), settings)
	require.NoError(t, err)
	require.Len(t, h.Epochs, 5, "it goes on from the first")
	alone, err := smallModel(t).Fit(ctx, noise(t, 40), fit.Config{Epochs: 5})
	require.NoError(t, err)
	require.Equal(t, alone.Loss(), h.Loss())
}

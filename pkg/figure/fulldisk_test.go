package figure_test

import (
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/unstuck/internal/smalldisk"
	"example.com/unstuck/pkg/figure"
)

func TestSavingOnAFullDisk(t *testing.T) {
	path := filepath.Join(smalldisk.New(t, 8<<10), "loss.png")
	before := []byte("the picture of before")
	require.NoError(t, os.WriteFile(path, before, 0o600))
	err := figure.Save(path, figure.LossCurves{Runs: []figure.Run{{Name: "Adam", Train: []float64{3, 2, 1}}}})
	require.ErrorIs(t, err, syscall.ENOSPC)
	require.ErrorContains(t, err, "figure: writing "+path+": ")
	require.ErrorContains(t, err, "free some space")
	got, err := os.ReadFile(path)
	require.NoError(t, err)
	require.Equal(t, before, got)
}

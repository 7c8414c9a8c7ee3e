package record_test

import (
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"example.com/unstuck/internal/smalldisk"
	"example.com/unstuck/pkg/fit"
	"example.com/unstuck/pkg/record"
)

func TestSavingOnAFullDisk(t *testing.T) {
	folder := smalldisk.New(t, 64<<10)
	path := filepath.Join(folder, "run.jsonl")
	require.NoError(t, record.Save(path, strange()))
	long := &fit.History{Steps: make([]float32, 100_000)}
	err := record.Save(path, long)
	require.ErrorIs(t, err, syscall.ENOSPC)
	require.ErrorContains(t, err, "record: writing "+path+": ")
	require.ErrorContains(t, err, "free some space")
	h, err := record.Load(path)
	require.NoError(t, err)
	same(t, strange(), h)
	_, err = record.SaveEvents(filepath.Join(folder, "events"), long, time.Unix(0, 0))
	require.ErrorIs(t, err, syscall.ENOSPC)
}

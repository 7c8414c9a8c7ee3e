//go:build cgo && !noxla && ((linux && (amd64 || arm64)) || (darwin && arm64))

package backend_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/unstuck/pkg/backend"
	"example.com/unstuck/pkg/backend/internal/programs"
	"example.com/unstuck/pkg/dataset"
	"example.com/unstuck/pkg/fit"
	"example.com/unstuck/pkg/loss"
	"example.com/unstuck/pkg/nn"
	"example.com/unstuck/pkg/optim"
)

// xla opens XLA on the CPU as another process would.
func xla(t *testing.T) *backend.Backend {
	b, err := backend.Open(backend.Options{Name: backend.XLACPU})
	if err != nil {
		t.Skip("no XLA CPU plugin here: run make lab, or set PJRT_PLUGIN_LIBRARY_PATH")
	}
	t.Cleanup(func() { require.NoError(t, b.Close()) })
	return b
}

// train returns the losses of a training with dropout, clipping and a rest batch.
func train(t *testing.T, b *backend.Backend) []float64 {
	const rows = 50
	x, y := make([]float32, rows*3), make([]float32, rows)
	for i := range y {
		for j := range 3 {
			x[3*i+j] = float32(math.Sin(float64(7*i + 3*j)))
		}
		y[i] = x[3*i] - 2*x[3*i+1]
	}
	features, err := dataset.NewArray(x, rows, 3)
	require.NoError(t, err)
	targets, err := dataset.NewArray(y, rows, 1)
	require.NoError(t, err)
	data := dataset.Data{X: features, Y: targets}
	net := nn.Sequential{nn.Dense{Units: 8, Activation: nn.Tanh{}}, nn.Dropout{Rate: 0.2}, nn.Dense{Units: 1}}
	m, err := fit.Compile(net, optim.Adam(0.01).With(optim.ClipByNorm{Max: 1}), loss.MSE{}, fit.Options{Seed: 3, Backend: b})
	require.NoError(t, err)
	h, err := m.Fit(context.Background(), data, fit.Config{Epochs: 3, BatchSize: 16, ValidationSplit: 0.2})
	require.NoError(t, err)
	return append(h.Loss(), h.ValidationLoss()...)
}

// TestPrograms trains without a store, with an empty one, out of a full one, and out of one whose every program is damaged:
// whole by its checksum, and nothing that the plugin takes.
func TestPrograms(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "programs")
	t.Setenv(backend.ProgramsVariable, "off")
	b := xla(t)
	want := train(t, b)
	require.Contains(t, b.Programs().String(), "not kept: UNSTUCK_PROGRAMS is off")
	plugin, _ := b.Plugin()
	stats := func() programs.Stats { return programs.StatsOf(plugin.Path) }
	require.Zero(t, stats())

	t.Setenv(backend.ProgramsVariable, folder)
	b = xla(t)
	require.Equal(t, want, train(t, b))
	compiled := stats().Compiled
	require.Positive(t, compiled)
	require.Equal(t, programs.Stats{Compiled: compiled}, stats())
	kept := b.Programs()
	require.Equal(t, compiled, kept.Entries)
	require.Contains(t, kept.String(), folder)

	b = xla(t)
	require.Equal(t, want, train(t, b))
	require.Equal(t, programs.Stats{Loaded: compiled}, stats())

	entries, err := filepath.Glob(filepath.Join(folder, "*.program"))
	require.NoError(t, err)
	for _, entry := range entries {
		spoil(t, entry)
	}
	b = xla(t)
	require.Equal(t, want, train(t, b))
	require.Equal(t, programs.Stats{Compiled: compiled, Rejected: compiled}, stats())
	b = xla(t)
	require.Equal(t, want, train(t, b))
	require.Equal(t, programs.Stats{Compiled: compiled}, stats(), "what was rejected isn't tried again")

	require.NoError(t, b.ClearPrograms())
	require.Zero(t, b.Programs().Entries)
	t.Setenv("XLA_FLAGS", "--xla_dump_to=/nowhere")
	require.Contains(t, b.Programs().String(), "dumps")
}

// spoil replaces a program by noise with a right checksum.
func spoil(t *testing.T, path string) {
	text, err := os.ReadFile(path)
	require.NoError(t, err)
	var key programs.Key
	store, err := programs.Open(filepath.Dir(path), 0)
	require.NoError(t, err)
	_, err = hex.Decode(key[:], []byte(strings.TrimSuffix(filepath.Base(path), ".program")))
	require.NoError(t, err)
	noise := sha256.Sum256(text)
	require.NoError(t, store.Put(key, bytes.Repeat(noise[:], 100)))
}

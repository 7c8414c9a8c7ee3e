//go:build cgo && !noxla && ((linux && (amd64 || arm64)) || (darwin && arm64))

package backend

import (
	"os"
	"testing"

	"github.com/gomlx/gomlx/core/graph"
	"github.com/stretchr/testify/require"
)

// TestRealXLA executes a graph through the plugin of this machine, if there is one.
func TestRealXLA(t *testing.T) {
	env := processEnvironment()
	if !hasCPUPlugin(env.plugins(Options{})) {
		t.Skip("no XLA CPU plugin here: run make lab, or set PJRT_PLUGIN_LIBRARY_PATH")
	}
	for range 2 { // closing leaves the plugin usable
		b, err := Open(Options{Name: XLACPU})
		require.NoError(t, err)
		require.Equal(t, XLACPU, b.Name())
		require.Len(t, b.Devices(), 1, "this one processor set, not the four that plugins make of it")
		sum, err := graph.CallOnce(b, func(x *graph.Node) *graph.Node { return graph.ReduceAllSum(x) }, []float32{1, 2, 3})
		require.NoError(t, err)
		require.Equal(t, float32(6), sum.Value())
		require.NoError(t, sum.FinalizeAll())
		require.NoError(t, b.Close())
		require.Empty(t, b.Devices())
	}
	stderr := os.Stderr
	read, write, err := os.Pipe()
	require.NoError(t, err)
	os.Stderr = write
	_, err = Open(Options{Name: "xla:cpu,nonsense"})
	os.Stderr = stderr
	require.NoError(t, write.Close())
	require.ErrorContains(t, err, "nonsense")
	said := make([]byte, 1)
	n, _ := read.Read(said)
	require.Zero(t, n, "standard error stays clean")
}

func BenchmarkOpenXLA(b *testing.B) {
	if !hasCPUPlugin(processEnvironment().plugins(Options{})) {
		b.Skip("no XLA CPU plugin here")
	}
	for b.Loop() {
		opened, err := Open(Options{Name: XLACPU})
		require.NoError(b, err)
		require.NoError(b, opened.Close())
	}
}

func hasCPUPlugin(plugins []Plugin) bool {
	for _, p := range plugins {
		if p.Platform == "cpu" {
			return true
		}
	}
	return false
}

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

// The CPU shows as many devices as are asked for, beside other clients of its plugin, and nothing else does.
func TestDevicesOfTheCPU(t *testing.T) {
	for _, c := range []struct {
		platform, settings, others string
		devices                    int
		err                        string
	}{
		{"cpu", "", "", 1, ""},
		{"cpu", "devices=3", "", 3, ""},
		{"cpu", "tf32=false,devices=256,x", "tf32=false,x", 256, ""},
		{"cpu", "devices=0", "", 0, "from 1 to 256"},
		{"cpu", "devices=257", "", 0, "from 1 to 256"},
		{"cpu", "devices=many", "", 0, `"devices=many" must be a number`},
		{"cpu", "devices=", "", 0, "must be a number"},
		{"cuda", "devices=2", "", 0, "visible_devices"},
		{"cuda", "tf32=false", "tf32=false", 1, ""},
	} {
		devices, others, err := takeDevices(c.platform, c.settings)
		if c.err != "" {
			require.ErrorContains(t, err, c.err)
			continue
		}
		require.NoError(t, err)
		require.Equal(t, c.others, others)
		require.Equal(t, c.devices, devices)
	}
	if !hasCPUPlugin(processEnvironment().plugins(Options{})) {
		t.Skip("no XLA CPU plugin here: run make lab, or set PJRT_PLUGIN_LIBRARY_PATH")
	}
	one, err := Open(Options{Name: XLACPU})
	require.NoError(t, err)
	several, err := Open(Options{Name: "xla:cpu,devices=3"})
	require.NoError(t, err)
	require.Len(t, one.Devices(), 1)
	require.Len(t, several.Devices(), 3)
	require.NoError(t, several.Close())
	require.NoError(t, one.Close())
	_, err = Open(Options{Name: "xla:cpu,devices=none"})
	require.ErrorContains(t, err, `"devices=none" must be a number from 1 to 256`)
	require.NotContains(t, err.Error(), "\n")
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

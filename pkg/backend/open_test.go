package backend

import (
	"context"
	"errors"
	"sync"
	"testing"

	"github.com/gomlx/compute"
	"github.com/stretchr/testify/require"
)

func TestOpenOrder(t *testing.T) {
	tests := []struct {
		name   string
		set    func(*world)
		ask    string
		chosen string
		reason []string // parts of the reason
	}{
		{"nothing there", func(*world) {}, "", Go, []string{"pure Go", "no NVIDIA GPU", "no XLA plugin for the CPU"}},
		{"cpu plugin", func(w *world) { w.cpuPlugin() }, "", XLACPU, []string{"XLA on the CPU, plugin lammps-jax-pjrt-cpu 0.99 of the project's environment", "no NVIDIA GPU"}},
		{"gpu and both plugins", func(w *world) { w.gpu(); w.cpuPlugin(); w.cudaPlugin() }, "", XLACUDA, []string{"XLA on an NVIDIA GPU, plugin jax-cuda13-pjrt 0.10", "the first choice that is there"}},
		{"gpu without its plugin", func(w *world) { w.gpu(); w.cpuPlugin() }, "", XLACPU, []string{"no XLA plugin for an NVIDIA GPU"}},
		{"its plugin without a gpu", func(w *world) { w.cudaPlugin() }, "", Go, []string{"no NVIDIA GPU"}},
		{"windows' linux subsystem", func(w *world) { w.file("dev", "dxg"); w.cudaPlugin() }, "", XLACUDA, nil},
		{"go asked for", func(w *world) { w.gpu(); w.cpuPlugin(); w.cudaPlugin() }, "go", Go, []string{"pure Go: asked for by the caller"}},
		{"cpu asked for", func(w *world) { w.gpu(); w.cpuPlugin(); w.cudaPlugin() }, "xla:cpu", XLACPU, []string{"asked for by the caller"}},
		{"any xla", func(w *world) { w.cpuPlugin() }, "xla", XLACPU, nil},
		{"auto", func(w *world) { w.cpuPlugin() }, "auto", XLACPU, nil},
		{"by variable", func(w *world) { w.cpuPlugin(); w.vars["GOMLX_BACKEND"] = "go" }, "", Go, []string{"asked for by GOMLX_BACKEND"}},
		{"caller before variable", func(w *world) { w.cpuPlugin(); w.vars["GOMLX_BACKEND"] = "go" }, "xla:cpu", XLACPU, nil},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			w := newWorld(t)
			test.set(w)
			b, err := w.open(Options{Name: test.ask})
			require.NoError(t, err)
			require.Equal(t, test.chosen, b.Name())
			for _, part := range test.reason {
				require.Contains(t, b.Reason(), part)
			}
			require.NotContains(t, b.Reason(), "\n")
			if test.chosen == Go {
				require.Empty(t, w.tried, "pure Go touches no plugin")
			}
			require.NoError(t, b.Close())
		})
	}
}

func TestOpenFailsWhenAskedForWhatIsNotThere(t *testing.T) {
	tests := []struct {
		name, ask string
		set       func(*world)
		parts     []string
	}{
		{"unknown", "tpu", func(*world) {}, []string{`unknown backend "tpu"`, `"xla:cuda"`, `"xla:cpu"`, `"go"`}},
		{"unknown platform", "xla:tpu", func(*world) {}, []string{`unknown backend "xla:tpu"`}},
		{"relative plugin", "xla:plugin.so", func(*world) {}, []string{"unknown backend"}},
		{"no gpu", "xla:cuda", func(w *world) { w.cudaPlugin() }, []string{"xla:cuda", "no NVIDIA GPU is visible", "NVIDIA driver"}},
		{"no plugin", "xla:cpu", func(*world) {}, []string{"no XLA plugin for the CPU was found", "make lab", "PJRT_PLUGIN_LIBRARY_PATH", `"go"`}},
		{"no file", "xla:/nowhere/plugin.so", func(*world) {}, []string{"there is no file /nowhere/plugin.so"}},
		{"broken", "xla:cpu", func(w *world) {
			w.cpuPlugin()
			w.engines.try = func(Plugin) (trial, error) { return trial{}, errors.New("it crashes") }
		}, []string{"it crashes"}},
		{"refuses", "xla:cpu", func(w *world) {
			w.cpuPlugin()
			w.engines.xla = func(Plugin, string) (compute.Backend, error) { return nil, errors.New("out of memory") }
		}, []string{"out of memory"}},
		{"not built in", "xla:cpu", func(w *world) { w.cpuPlugin(); w.engines.xla = nil }, []string{"not built into this program", "CGO_ENABLED=1"}},
		{"pure Go settings", "go:nonsense", func(*world) {}, []string{"pure-Go backend can't be opened", "nonsense"}},
		{"installer offline", "xla:cpu", func(*world) {}, []string{"the network is gone"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			w := newWorld(t)
			test.set(w)
			b, err := w.open(Options{Name: test.ask, Install: func(context.Context, string) error { return errors.New("the network is gone") }})
			require.Nil(t, b)
			require.Error(t, err)
			for _, part := range test.parts {
				require.ErrorContains(t, err, part)
			}
			require.NotContains(t, err.Error(), "\n")
		})
	}
}

func TestOpenFallsBackFromABrokenPlugin(t *testing.T) {
	w := newWorld(t)
	broken := w.cpuPlugin()
	good := w.file("elsewhere", "pjrt_c_api_cpu_v1_plugin.so")
	try := w.engines.try
	w.engines.try = func(p Plugin) (trial, error) {
		if p.Path == broken {
			return trial{}, errors.New("the plugin crashes")
		}
		return try(p)
	}
	b, err := w.open(Options{})
	require.NoError(t, err)
	require.Equal(t, Go, b.Name())
	require.Contains(t, b.Reason(), "the plugin crashes")

	w.vars["VIRTUAL_ENV"] = w.path("env")
	other := w.file("env", "lib", "python3.11", "site-packages", "lammps_jax_pjrt_cpu", "pjrt_c_api_cpu_plugin.so")
	b, err = w.open(Options{})
	require.NoError(t, err)
	require.Equal(t, []string{other}, w.opened, "the next plugin gets its chance")
	require.Contains(t, b.Reason(), "the plugin crashes")

	w.vars["PJRT_PLUGIN_LIBRARY_PATH"] = w.path("elsewhere")
	b, err = w.open(Options{})
	require.NoError(t, err)
	require.Equal(t, []string{other, good}, w.opened, "what a variable names comes first")
	p, ok := b.Plugin()
	require.True(t, ok)
	require.Equal(t, "0.115", p.API)
}

func TestOpenInstallsOnlyWhenPermitted(t *testing.T) {
	w := newWorld(t)
	var calls int
	install := func(_ context.Context, library string) error {
		calls++
		require.Equal(t, w.path("home", ".local", "lib", "go-xla"), library)
		w.file("home", ".local", "lib", "go-xla", "pjrt_c_api_cpu_v0.98.0_plugin.so")
		return nil
	}
	b, err := w.open(Options{})
	require.NoError(t, err)
	require.Equal(t, Go, b.Name())
	require.Zero(t, calls)

	b, err = w.open(Options{Install: install})
	require.NoError(t, err)
	require.Equal(t, XLACPU, b.Name())
	require.Equal(t, 1, calls)
	require.Contains(t, b.Reason(), "GoMLX's own installation")
}

// Pure Go has settings of its own where none are asked for, and nothing but those that are.
func TestPureGoSettings(t *testing.T) {
	for name, want := range map[string]string{"go": PureGoSettings, "": PureGoSettings, "go:parallelism=1": "parallelism=1"} {
		w := newWorld(t)
		golang, got := w.engines.golang, ""
		w.engines.golang = func(settings string) (compute.Backend, error) {
			got = settings
			return golang(settings)
		}
		_, err := w.open(Options{Name: name})
		require.NoError(t, err)
		require.Equal(t, want, got, name)
	}
}

func TestOpenTurnsPanicsIntoErrors(t *testing.T) {
	w := newWorld(t)
	w.engines.golang = func(string) (compute.Backend, error) { panic("no workers") }
	_, err := w.open(Options{})
	require.ErrorContains(t, err, "no workers")
}

func TestBackendCloses(t *testing.T) {
	b, err := newWorld(t).open(Options{})
	require.NoError(t, err)
	require.Len(t, b.Devices(), 1)
	_, ok := b.Plugin()
	require.False(t, ok)
	require.NoError(t, b.Close())
	require.NoError(t, b.Close())
	require.True(t, b.IsFinalized())
	require.Empty(t, b.Devices())
}

func TestDefaultIsOpenedOnce(t *testing.T) {
	t.Setenv("GOMLX_BACKEND", Go)
	var all [8]*Backend
	var wait sync.WaitGroup
	for i := range all {
		wait.Go(func() { all[i], _ = Default() })
	}
	wait.Wait()
	for _, b := range all {
		require.NotNil(t, b)
		require.Same(t, all[0], b)
	}
}

package backend

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	"github.com/gomlx/compute"
	"github.com/gomlx/compute/gobackend"
	"github.com/stretchr/testify/require"
)

// world is a made-up machine: its folders lie under a temporary one and its plugins are text files that
// fake engines accept.
type world struct {
	t       *testing.T
	root    string
	vars    map[string]string
	env     environment
	engines engines
	tried   []string // paths that were tried
	opened  []string // paths that were opened
}

const pluginContent = "a plugin"

func newWorld(t *testing.T) *world {
	w := &world{t: t, root: t.TempDir(), vars: map[string]string{}}
	w.env = environment{
		getenv:  func(name string) string { return w.vars[name] },
		workDir: w.path("project", "notebooks"),
		home:    w.path("home"),
		cache:   w.path("home", ".cache", "unstuck", "plugins"),
		system:  w.root,
		goos:    "plan9", goarch: "amd64", // an operating system whose libraries checkFormat doesn't look into
	}
	w.engines = engines{
		xla: func(p Plugin, _ string) (compute.Backend, error) {
			w.opened = append(w.opened, p.Path)
			return gobackend.New("")
		},
		golang: gobackend.New,
		try: func(p Plugin) (trial, error) {
			w.tried = append(w.tried, p.Path)
			return trial{API: "0.115", Platform: p.Platform, Devices: []string{"device 0"}, Programs: new(bool)}, nil
		},
	}
	require.NoError(t, os.MkdirAll(w.env.workDir, 0o755))
	w.file("project", "go.mod")
	return w
}

func (w *world) path(parts ...string) string {
	return filepath.Join(append([]string{w.root}, parts...)...)
}

func (w *world) file(parts ...string) string {
	path := w.path(parts...)
	require.NoError(w.t, os.MkdirAll(filepath.Dir(path), 0o755))
	require.NoError(w.t, os.WriteFile(path, []byte(pluginContent), 0o644))
	return path
}

// cpuPlugin installs the project's own plugin, as pip would, in a version that nothing pins.
func (w *world) cpuPlugin() string {
	packages := []string{"project", ".lab", "venv", "lib", "python3.13", "site-packages"}
	require.NoError(w.t, os.MkdirAll(w.path(append(packages, "lammps_jax_pjrt_cpu-0.99.dist-info")...), 0o755))
	return w.file(append(packages, "lammps_jax_pjrt_cpu", "pjrt_c_api_cpu_plugin.so")...)
}

func (w *world) cudaPlugin() string {
	packages := []string{"project", ".lab", "venv", "lib", "python3.13", "site-packages"}
	require.NoError(w.t, os.MkdirAll(w.path(append(packages, "jax_cuda13_pjrt-0.10.dist-info")...), 0o755))
	return w.file(append(packages, "jax_plugins", "xla_cuda13", "xla_cuda_plugin.so")...)
}

func (w *world) gpu() { w.file("dev", "nvidia0") }

func (w *world) open(options Options) (*Backend, error) {
	return open(context.Background(), w.env, options, w.engines)
}

package backend

import (
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestPluginsAreFoundInOrder(t *testing.T) {
	w := newWorld(t)
	w.vars["PJRT_PLUGIN_LIBRARY_PATH"] = w.path("[my] plugins") + string(filepath.ListSeparator) + w.path("none")
	w.vars["VIRTUAL_ENV"] = w.path("env")
	w.vars["CONDA_PREFIX"] = w.path("project", ".lab", "venv") // the same as the project's: counts once
	want := []string{
		w.file("[my] plugins", "pjrt_c_api_cpu_plugin.so"),
		w.file("[my] plugins", "pjrt_c_api_cuda_plugin.so"),
		w.cpuPlugin(),
		w.file("project", ".lab", "venv", "lib", "python3.13", "site-packages", "other", "pjrt_c_api_cpu_plugin.so"),
		w.cudaPlugin(),
		w.file("env", "lib", "python3.10", "site-packages", "jax_plugins", "xla_cuda12", "xla_cuda_plugin.so"),
		w.file("home", ".local", "lib", "go-xla", "pjrt_c_api_cpu_v0.98.0_plugin.so"),
		w.file("usr", "local", "lib", "go-xla", "nvidia", "pjrt_c_api_cuda_plugin.so"),
	}
	w.file("[my] plugins", "README.md")
	w.file("[my] plugins", "pjrt_c_api_cpu_plugin.so.txt")
	var got, platforms []string
	for _, p := range w.env.plugins(Options{}) {
		got, platforms = append(got, p.Path), append(platforms, p.Platform)
	}
	require.Equal(t, want, got)
	require.Equal(t, []string{"cpu", "cuda", "cpu", "cpu", "cuda", "cuda", "cpu", "cuda"}, platforms)
}

func TestProjectIsFoundFromAnywhereInside(t *testing.T) {
	w := newWorld(t)
	require.Empty(t, w.env.project(""), "a module without .lab is no project")
	w.cpuPlugin()
	require.Equal(t, w.path("project"), w.env.project(""))

	w.env.workDir = w.root
	require.Empty(t, w.env.project(""), "no module around it")
	w.vars["UNSTUCK_HOME"] = w.path("project")
	require.Equal(t, w.path("project"), w.env.project(""))
	require.Equal(t, w.path("mine"), w.env.project(w.path("mine")))

	w.vars["UNSTUCK_HOME"] = ""
	w.file("project", "sub", "go.mod")
	w.env.workDir = w.path("project", "sub")
	require.Empty(t, w.env.project(""), "the search ends at the module's root")
	w.env.workDir = ""
	require.Empty(t, w.env.project(""))
}

func TestLabInAForeignParentIsIgnored(t *testing.T) {
	w := newWorld(t)
	w.file(".lab", "venv", "lib", "python3.13", "site-packages", "lammps_jax_pjrt_cpu", "pjrt_c_api_cpu_plugin.so")
	w.env.workDir = w.path("somewhere")
	require.Empty(t, w.env.plugins(Options{}))
}

func TestParseRequest(t *testing.T) {
	for text, want := range map[string]request{
		"":                          {},
		"auto":                      {},
		"go":                        {text: "go", by: "the caller", golang: true},
		"go:parallelism=1":          {text: "go:parallelism=1", by: "the caller", golang: true, settings: "parallelism=1"},
		"xla":                       {text: "xla", by: "the caller"},
		"xla:cuda,tf32=false,x":     {text: "xla:cuda,tf32=false,x", by: "the caller", platform: "cuda", settings: "tf32=false,x"},
		"stablehlo:cpu":             {text: "stablehlo:cpu", by: "the caller", platform: "cpu"},
		"xla:/a/xla_cuda_plugin.so": {text: "xla:/a/xla_cuda_plugin.so", by: "the caller", plugin: "/a/xla_cuda_plugin.so", platform: "cuda"},
	} {
		got, err := parseRequest(Options{Name: text}, func(string) string { return "" })
		require.NoError(t, err, text)
		require.Equal(t, want, got, text)
	}
	for _, text := range []string{"XLA:cpu", "cpu", "gpu", "xla:gpu", "onnx", " go", "xla:./p.so", ":"} {
		_, err := parseRequest(Options{Name: text}, func(string) string { return "" })
		require.ErrorContains(t, err, "unknown backend", text)
	}
}

//go:build cgo && !noxla && linux && amd64

package backend

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

// These open made-up plugins in a real child process: a copy of this test program.

const versionedPlugin = `#include <stddef.h>
struct { size_t size; void *x; struct { size_t size; void *x; int major, minor; } version; void *calls[300]; }
	api = {sizeof api, 0, {24, 0, MAJOR, 1}};
void *GetPjrtApi(void) { return &api; }
`

func TestABrokenPluginIsASentence(t *testing.T) {
	for name, test := range map[string]struct{ source, says string }{
		"dies when loaded":  {"__attribute__((constructor)) static void boom(void) { *(volatile int *)0 = 1; }\nvoid *GetPjrtApi(void) { return 0; }", "crashes the process that opens it (SIGSEGV)"},
		"aborts":            {"#include <stdlib.h>\nvoid *GetPjrtApi(void) { abort(); }", "crashes the process that opens it (SIGABRT)"},
		"exits":             {"#include <stdlib.h>\nvoid *GetPjrtApi(void) { _Exit(7); }", "exit status 7"},
		"another version":   {"#define MAJOR 9\n" + versionedPlugin, "speaks version 9.1 of the PJRT interface, this program 0.x"},
		"empty table":       {"#define MAJOR 0\n" + versionedPlugin, "crashes the process that opens it"},
		"no table":          {"void *GetPjrtApi(void) { return 0; }", "GetPjrtApi returned nothing"},
		"misses a function": {"void absent(void);\nvoid *GetPjrtApi(void) { absent(); return 0; }", ""},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			w.env.goos, w.env.goarch = "linux", "amd64"
			w.engines.try = tryInChild
			path := compile(t, test.source)

			_, err := w.open(Options{Name: "xla:" + path})
			require.ErrorContains(t, err, test.says)
			require.ErrorContains(t, err, path)
			require.NotContains(t, err.Error(), "\n")
			require.NotContains(t, err.Error(), "goroutine")

			w.vars["PJRT_PLUGIN_LIBRARY_PATH"] = filepath.Dir(path)
			b, err := w.open(Options{})
			require.NoError(t, err)
			require.Equal(t, Go, b.Name())
			require.Contains(t, b.Reason(), test.says)
			require.NoFileExists(t, w.env.cache, "failure is not recorded")
			require.Empty(t, w.opened, "it never entered this process")
		})
	}
}

// TestNothingIsSaidWithoutAHome starts a copy of this test program, whose packages go-xla's are among.
func TestNothingIsSaidWithoutAHome(t *testing.T) {
	program, err := os.Executable()
	require.NoError(t, err)
	command := exec.Command(program, "-test.run=^TestPlainPath$")
	command.Env = []string{"PATH=" + os.Getenv("PATH")}
	var said bytes.Buffer
	command.Stderr = &said
	require.NoError(t, command.Run())
	require.Empty(t, said.String())
}

func TestTheTrialIsNoPartOfANotebook(t *testing.T) {
	got := trialEnvironment([]string{"HOME=/h", "GONB_PIPE=/p", "GOTRACEBACK=all", "PATH=/b"})
	require.Equal(t, []string{"HOME=/h", "PATH=/b", "GOTRACEBACK=none"}, got)
}

func TestPlainPath(t *testing.T) {
	dir := t.TempDir()
	path, clean, err := plainPath(Plugin{Platform: "cpu", Path: "/lab/pjrt_c_api_cpu_plugin.so"})
	require.NoError(t, err)
	require.Equal(t, "/lab/pjrt_c_api_cpu_plugin.so", path)
	clean()

	for _, odd := range []string{"a,b/cpu.so", "cuda/cpu.so", "x/NVIDIA/cpu.so", "plugin.so"} {
		file := filepath.Join(dir, odd)
		require.NoError(t, os.MkdirAll(filepath.Dir(file), 0o755))
		require.NoError(t, os.WriteFile(file, []byte("x"), 0o644))
		path, clean, err := plainPath(Plugin{Platform: "cpu", Path: file})
		require.NoError(t, err)
		require.NotEqual(t, file, path)
		content, err := os.ReadFile(path)
		require.NoError(t, err)
		require.Equal(t, "x", string(content))
		clean()
		require.NoFileExists(t, path)
	}
	_, _, err = plainPath(Plugin{Platform: "cuda", Path: "/a,b/xla_cuda_plugin.so"})
	require.ErrorContains(t, err, "comma")
}

func TestSetCUDADir(t *testing.T) {
	packages := t.TempDir()
	tools := filepath.Join(packages, "nvidia", "cu13")
	require.NoError(t, os.MkdirAll(filepath.Join(tools, "nvvm"), 0o755))
	plugin := filepath.Join(packages, "jax_plugins", "xla_cuda13", "xla_cuda_plugin.so")
	t.Setenv("XLA_FLAGS", "--other=1")
	setCUDADir(plugin)
	require.Equal(t, "--other=1 --xla_gpu_cuda_data_dir="+tools, os.Getenv("XLA_FLAGS"))
	t.Setenv("XLA_FLAGS", "--xla_gpu_cuda_data_dir=/mine")
	setCUDADir(plugin)
	require.Equal(t, "--xla_gpu_cuda_data_dir=/mine", os.Getenv("XLA_FLAGS"), "the user's word counts")
}

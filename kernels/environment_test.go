package kernels

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestEnvironment(t *testing.T) {
	p := newProject(t)
	base := []string{"HOME=/home/zoë", "PATH=/usr/bin", "GOWORK=off", "GOFLAGS=-mod=mod", "EMPTY="}
	env := environment(base, p, "xla:cpu", "/tools", "/tmp/unstuck-1", goSettings{flags: "-mod=mod -buildvcs=false", cache: t.TempDir()})
	for name, want := range map[string]string{
		"HOME":                     "/home/zoë",
		"PATH":                     "/tools:/usr/bin",
		"GOWORK":                   "",
		"GOFLAGS":                  "-buildvcs=false " + fastCompile + " " + fastLink,
		"GOMLX_BACKEND":            "xla:cpu",
		"UNSTUCK_HOME":             p.Root,
		"TMPDIR":                   "/tmp/unstuck-1",
		"UNSTUCK_CARRIED":          "/tmp/unstuck-1/carried",
		"PJRT_PLUGIN_LIBRARY_PATH": "",
		"GOMLX_NO_AUTO_INSTALL":    "",
	} {
		assert.Equal(t, want, lookup(env, name), name)
	}
	assert.Contains(t, env, "EMPTY=")
	assert.Len(t, env, 9, "no name twice")
}

func TestEnvironmentWithPlugin(t *testing.T) {
	p := newProject(t)
	at := filepath.Join(p.Python(), "lib/python3.11/site-packages/plug_in")
	write(t, filepath.Join(at, "pjrt_c_api_cpu_plugin.so"), "")
	env := environment([]string{"PJRT_PLUGIN_LIBRARY_PATH=/mine"}, p, "xla:cpu", "/tools", "/tmp/unstuck-1", goSettings{cache: t.TempDir()})
	assert.Equal(t, at+":/mine", lookup(env, "PJRT_PLUGIN_LIBRARY_PATH"))
	assert.Equal(t, "1", lookup(env, "GOMLX_NO_AUTO_INSTALL"))

	env = environment(nil, p, "go", "/tools", "/tmp/unstuck-1", goSettings{cache: t.TempDir()})
	assert.Empty(t, lookup(env, "PJRT_PLUGIN_LIBRARY_PATH"), "pure Go needs no plugin")
	assert.Empty(t, lookup(env, "GOCACHE"), "the user's own will do")

	env = environment(nil, p, "go", "/tools", "/tmp/unstuck-1", goSettings{cache: "off"})
	assert.Equal(t, filepath.Join(p.Root, ".lab", "cache", "go-build"), lookup(env, "GOCACHE"))
}

func TestGOFLAGS(t *testing.T) {
	for goflags, want := range map[string]string{
		"":                          fastCompile + " " + fastLink,
		"-ldflags=-compressdwarf":   "-ldflags=-compressdwarf " + fastCompile,
		"--ldflags=-w -race":        "--ldflags=-w -race " + fastCompile,
		"-gcflags=all=-N":           "-gcflags=all=-N " + fastLink,
		"'-gcflags=-N -l' -modfile": "'-gcflags=-N -l' -modfile " + fastLink,
		"-mod=vendor -trimpath":     "-trimpath " + fastCompile + " " + fastLink,
		"-modcacherw":               "-modcacherw " + fastCompile + " " + fastLink,
	} {
		assert.Equal(t, want, GOFLAGS(goflags), goflags)
	}
}

func TestFastLinkWhereItWasTried(t *testing.T) {
	for _, c := range []struct{ system, architecture, want string }{
		{"linux", "amd64", "'-ldflags=-s -linkmode=internal'"},
		{"linux", "arm64", "-ldflags=-s"},
		{"darwin", "arm64", "-ldflags=-s"},
	} {
		if got := fastLinkFor(c.system, c.architecture); got != c.want {
			t.Errorf("%s/%s: %q, want %q", c.system, c.architecture, got, c.want)
		}
	}
}

// TestSetupCompilesAsCellsDo keeps the lab from compiling what no cell can use.
func TestSetupCompilesAsCellsDo(t *testing.T) {
	environment, err := os.ReadFile("../lab/environment.sh")
	require.NoError(t, err)
	assert.Contains(t, string(environment), "as_cells_are="+fastCompile+"\n")
	setup, err := os.ReadFile("../lab/setup.sh")
	require.NoError(t, err)
	assert.Equal(t, strings.Count(string(setup), "go build "), strings.Count(string(setup), `go build "$as_cells_are" `), "every one with that flag")
}

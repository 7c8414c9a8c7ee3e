package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// kernelCommand runs unstuck kernel and returns what it printed.
func kernelCommand(t *testing.T, arguments ...string) (string, error) {
	t.Helper()
	command := newKernelCommand()
	var out bytes.Buffer
	command.SetOut(&out)
	command.SetErr(&out)
	command.SilenceUsage, command.SilenceErrors = true, true
	command.SetArgs(arguments)
	err := command.Execute()
	return out.String(), err
}

func TestKernelInstallListRemove(t *testing.T) {
	project := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(project, "go.mod"), []byte("module example.org/m\n"), 0o644))
	bin := filepath.Join(project, ".lab", "bin")
	require.NoError(t, os.MkdirAll(bin, 0o755))
	for _, name := range []string{"unstuck", "gonb", "goimports", "gopls"} {
		require.NoError(t, os.WriteFile(filepath.Join(bin, name), []byte("#!/bin/sh\n"), 0o755))
	}
	prefix := filepath.Join(t.TempDir(), "an env ü")
	kernels := filepath.Join(prefix, "share", "jupyter", "kernels")
	at := []string{"--prefix", prefix, "--project", project}

	out, err := kernelCommand(t, append([]string{"install", "--only", "unstuck-go,unstuck-xla-cuda"}, at...)...)
	require.NoError(t, err)
	assert.Equal(t, "installed "+filepath.Join(kernels, "unstuck-xla-cuda")+"\ninstalled "+filepath.Join(kernels, "unstuck-go")+"\n", out)

	out, err = kernelCommand(t, append([]string{"list"}, at...)...)
	require.NoError(t, err)
	lines := strings.Split(out, "\n")
	require.Len(t, lines, 4)
	assert.Equal(t, []string{"NAME", "DISPLAY", "NAME", "WHERE", "STATE"}, strings.Fields(lines[0]))
	assert.Contains(t, lines[1], "missing: no xla:cuda plugin")
	assert.True(t, strings.HasSuffix(lines[2], "  ok"), lines[2])

	t.Setenv("PJRT_PLUGIN_LIBRARY_PATH", "") // another's plugin is not the project's
	out, err = kernelCommand(t, append([]string{"list", "--usable"}, at...)...)
	require.NoError(t, err)
	assert.Equal(t, "unstuck-go\n", out, "the project has no plugin")

	out, err = kernelCommand(t, append([]string{"remove"}, at...)...)
	require.NoError(t, err)
	assert.Equal(t, 2, strings.Count(out, "removed "))
	out, err = kernelCommand(t, append([]string{"remove"}, at...)...)
	require.NoError(t, err)
	assert.Equal(t, "nothing to remove in "+kernels+"\n", out)
}

func TestKernelFlagsThatDoNotFit(t *testing.T) {
	_, err := kernelCommand(t, "install", "--user", "--prefix", "x")
	assert.ErrorContains(t, err, "prefix user")
	_, err = kernelCommand(t, "install", "--project", t.TempDir(), "--prefix", "x")
	assert.ErrorContains(t, err, "no go.mod in")
	_, err = kernelCommand(t, "start", "connection.json")
	assert.ErrorContains(t, err, `"backend" not set`)
}

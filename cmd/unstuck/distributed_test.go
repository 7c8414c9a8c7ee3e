package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

// The commands for several machines are another program's, with its own exit status; without it they say how to get it.
func TestSweepAndWorkerAreAnotherProgram(t *testing.T) {
	dir := t.TempDir()
	command := filepath.Join(dir, "unstuck")
	out, err := exec.Command("go", "build", "-o", command, ".").CombinedOutput()
	require.NoError(t, err, string(out))
	run := func(arguments ...string) (string, int) {
		c := exec.Command(command, arguments...)
		c.Env = append(os.Environ(), "PATH="+filepath.Join(dir, "bin"))
		out, err := c.CombinedOutput()
		if err != nil {
			var ended *exec.ExitError
			require.ErrorAs(t, err, &ended)
			return string(out), ended.ExitCode()
		}
		return string(out), 0
	}
	said, status := run("sweep", "a.yaml", "--seeds", "3")
	require.Equal(t, 2, status)
	require.Contains(t, said, `go build -o bin/ ./cmd/unstuck-distributed`)

	script := []byte("#!/bin/sh\necho \"$@\"\nexit 7\n")
	require.NoError(t, os.Mkdir(filepath.Join(dir, "bin"), 0o755))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "bin", distributedProgram), script, 0o755))
	said, status = run("worker", "--parallel", "2", "--help")
	require.Equal(t, "worker --parallel 2 --help\n", said)
	require.Equal(t, 7, status)
	said, status = run("diagnose", "a", "--queue", "b", "--server", "nats://host:4222")
	require.Equal(t, "diagnose a b --server nats://host:4222\n", said)
	require.Equal(t, 7, status)
	require.NoError(t, os.WriteFile(filepath.Join(dir, distributedProgram), []byte("#!/bin/sh\necho beside\n"), 0o755))
	said, status = run("sweep", "a.yaml")
	require.Equal(t, "beside\n", said)
	require.Zero(t, status)
}

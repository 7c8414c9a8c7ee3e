package main

import (
	"bytes"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestBackendInstallTakesNoName keeps "install" from being read as the name of a backend.
func TestBackendInstallTakesNoName(t *testing.T) {
	run := func(arguments ...string) (string, error) {
		var out bytes.Buffer
		command := newRootCommand()
		command.SetOut(&out)
		command.SetArgs(arguments)
		err := command.Execute()
		return out.String(), err
	}
	said, err := run("backend", "install", "--help")
	require.NoError(t, err)
	require.Contains(t, said, "unstuck backend install [flags]")
	_, err = run("backend", "install", "xla:cuda")
	require.ErrorContains(t, err, "unknown command")
}

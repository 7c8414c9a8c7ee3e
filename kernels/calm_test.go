package kernels

import (
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestCalmStartsGoplsBehindOthers(t *testing.T) {
	tools, folder := filepath.Join(t.TempDir(), "pro gräms"), t.TempDir()
	write(t, filepath.Join(tools, "gopls"), "#!/bin/sh\necho \"$(nice) $1 $2\"\n")
	programs, err := calm(folder, tools)
	require.NoError(t, err)
	said, err := exec.Command(filepath.Join(programs, "gopls"), "-listen", "a b").Output()
	require.NoError(t, err)
	own, err := exec.Command("nice").Output()
	require.NoError(t, err)
	require.Contains(t, string(said), " -listen a b")
	require.NotEqual(t, string(own[:len(own)-1])+" -listen a b\n", string(said))
}

func TestCalmBoundsTheMemoryOfGopls(t *testing.T) {
	tools := t.TempDir()
	write(t, filepath.Join(tools, "gopls"), "#!/bin/sh\necho \"$GOMEMLIMIT\"\n")
	programs, err := calm(t.TempDir(), tools)
	require.NoError(t, err)
	for set, want := range map[string]string{"": goplsMemory, "2GiB": "2GiB"} {
		t.Setenv("GOMEMLIMIT", set)
		said, err := exec.Command(filepath.Join(programs, "gopls")).Output()
		require.NoError(t, err)
		require.Equal(t, want+"\n", string(said))
	}
}

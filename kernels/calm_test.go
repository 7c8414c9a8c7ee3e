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

package main

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"testing"

	"github.com/spf13/cobra"
	"github.com/stretchr/testify/require"
)

func TestPanicIsAnError(t *testing.T) {
	cause := errors.New("the cause")
	root := &cobra.Command{RunE: func(*cobra.Command, []string) error { panic(cause) }, SilenceUsage: true, SilenceErrors: true}
	root.SetArgs(nil)
	err := runRoot(context.Background(), root)
	var internal *internalError
	require.ErrorAs(t, err, &internal)
	require.ErrorIs(t, err, cause)
	require.ErrorContains(t, err, "Please report it with the command line, the files that it read and this:\ngoroutine ")
	require.ErrorContains(t, err, "internalerror_test.go", "where it was")
}

// TestExitStatus runs main itself, in this test's own program.
func TestExitStatus(t *testing.T) {
	if os.Getenv("UNSTUCK_TEST_MAIN") != "" {
		os.Args = []string{"unstuck", "diagnose", t.TempDir()}
		main()
		return
	}
	command := exec.Command(os.Args[0], "-test.run=^TestExitStatus$")
	command.Env = append(os.Environ(), "UNSTUCK_TEST_MAIN=1")
	said, err := command.CombinedOutput()
	var exit *exec.ExitError
	require.ErrorAs(t, err, &exit)
	require.Equal(t, 2, exit.ExitCode())
	require.Contains(t, string(said), "holds no model")
}

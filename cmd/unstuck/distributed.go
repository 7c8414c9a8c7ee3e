package main

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"syscall"

	"github.com/spf13/cobra"
)

// distributedProgram is the command that trains on several processes and machines. It is a program of its own, for it brings a server of NATS
// along, which whoever asks for a diagnosis has no use for.
const distributedProgram = "unstuck-distributed"

// newDistributedCommands are those that the other program has.
func newDistributedCommands() []*cobra.Command {
	var all []*cobra.Command
	for name, short := range map[string]string{
		"sweep":  "Train a model with many settings, on several processes or machines, and say which are best",
		"worker": "Train what sweeps queue, until it is stopped",
	} {
		all = append(all, &cobra.Command{
			Use:                name,
			Short:              short,
			DisableFlagParsing: true, // the flags are the other program's
			RunE: func(cmd *cobra.Command, arguments []string) error {
				path, err := findDistributed()
				if err != nil {
					return err
				}
				return become(cmd, path, append([]string{name}, arguments...))
			},
		})
	}
	return all
}

// onQueue are the arguments of a diagnosis that is asked for on the queue: those of the other program, whose flags this one doesn't know.
func onQueue(arguments []string) ([]string, bool) {
	at := slices.Index(arguments, "--queue")
	if len(arguments) == 0 || arguments[0] != "diagnose" || at < 0 {
		return nil, false
	}
	return slices.Delete(slices.Clone(arguments), at, at+1), true
}

// forwarded executes what is the other program's, where it is.
func forwarded(root *cobra.Command, arguments []string) (isOther bool, err error) {
	theirs, is := onQueue(arguments)
	if !is {
		return false, nil
	}
	path, err := findDistributed()
	if err != nil {
		return true, err
	}
	return true, become(root, path, theirs)
}

// findDistributed looks beside this program, then where programs are.
func findDistributed() (string, error) {
	name := distributedProgram
	if runtime.GOOS == "windows" {
		name += ".exe"
	}
	if self, err := os.Executable(); err == nil {
		beside := filepath.Join(filepath.Dir(self), name)
		if info, err := os.Stat(beside); err == nil && info.Mode().IsRegular() {
			return beside, nil
		}
	}
	path, err := exec.LookPath(name)
	if err != nil {
		return "", fmt.Errorf("%s is not there: build it with \"go build -o bin/ ./cmd/%s\" in the project's folder distributed, and put it beside this program or into PATH", name, name)
	}
	return path, nil
}

// become makes this process the other program, so that signals and the exit status are its own; where a system can't, it waits for it.
func become(cmd *cobra.Command, path string, arguments []string) error {
	err := syscall.Exec(path, append([]string{path}, arguments...), os.Environ())
	if runtime.GOOS != "windows" {
		return fmt.Errorf("%s: %w", path, err)
	}
	other := exec.CommandContext(cmd.Context(), path, arguments...)
	other.Stdin, other.Stdout, other.Stderr = cmd.InOrStdin(), cmd.OutOrStdout(), cmd.ErrOrStderr()
	err = other.Run()
	var ended *exec.ExitError
	if errors.As(err, &ended) {
		return verdictStatus(ended.ExitCode()) // it has said why
	}
	return err
}

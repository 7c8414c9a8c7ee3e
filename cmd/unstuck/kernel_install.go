package main

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"example.com/unstuck/kernels"
)

func newKernelInstallCommand() *cobra.Command {
	command := &cobra.Command{
		Use:   "install",
		Short: "Install the kernels into a Python environment or for the user",
		Args:  cobra.NoArgs,
	}
	location := locationFlags(command)
	project := projectFlag(command)
	only := onlyFlag(command)
	command.RunE = func(command *cobra.Command, _ []string) error {
		opened, err := project()
		if err != nil {
			return err
		}
		folder, err := location.Folder(opened)
		if err != nil {
			return err
		}
		specs, err := kernels.Select(*only)
		if err != nil {
			return err
		}
		program, err := kernelProgram(opened)
		if err != nil {
			return err
		}
		installed, err := kernels.Install(folder, specs, program, opened)
		for _, at := range installed {
			fmt.Fprintln(command.OutOrStdout(), "installed", at)
		}
		return err
	}
	return command
}

// locationFlags adds --prefix and --user.
func locationFlags(command *cobra.Command) *kernels.Location {
	var location kernels.Location
	command.Flags().StringVar(&location.Prefix, "prefix", "",
		"the Python environment's folder (default: the active one, else the project's .lab/venv)")
	command.Flags().BoolVar(&location.User, "user", false, "the user's own Jupyter folder")
	command.MarkFlagsMutuallyExclusive("prefix", "user")
	return &location
}

// onlyFlag adds --only.
func onlyFlag(command *cobra.Command) *[]string {
	var names []string
	for _, spec := range kernels.Specs() {
		names = append(names, spec.Name)
	}
	return command.Flags().StringSlice("only", nil, "these kernels only: "+strings.Join(names, ", "))
}

// kernelProgram returns the path of the unstuck program that the kernels will start: the project's own, else this one.
func kernelProgram(project kernels.Project) (string, error) {
	if own, err := exec.LookPath(project.Command()); err == nil {
		return own, nil
	}
	self, err := os.Executable()
	if err != nil {
		return "", fmt.Errorf("the path of this program: %w", err)
	}
	if strings.Contains(self, string(filepath.Separator)+"go-build") {
		return "", errors.New("this program is a temporary one of go run, which is gone when a kernel starts: " +
			"run make lab, or go build -o DIR ./cmd/unstuck and install with that program")
	}
	return self, nil
}

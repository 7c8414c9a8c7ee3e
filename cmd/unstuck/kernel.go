package main

import (
	"github.com/spf13/cobra"

	"example.com/unstuck/kernels"
)

func newKernelCommand() *cobra.Command {
	command := &cobra.Command{
		Use:   "kernel",
		Short: "Install, list and remove the Jupyter kernels",
		Args:  cobra.NoArgs,
	}
	command.AddCommand(
		newKernelInstallCommand(),
		newKernelLinkCommand(),
		newKernelListCommand(),
		newKernelRemoveCommand(),
		newKernelStartCommand(),
		newKernelWatchCommand(),
	)
	return command
}

// projectFlag adds --project, which opens the module at a path, or the one around the working folder.
func projectFlag(command *cobra.Command) func() (kernels.Project, error) {
	path := command.Flags().String("project", "", "the project's folder (default: the module around the working folder)")
	return func() (kernels.Project, error) {
		if *path != "" {
			return kernels.OpenProject(*path)
		}
		return kernels.FindProject(".")
	}
}

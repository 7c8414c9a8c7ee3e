package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"example.com/unstuck/kernels"
)

func newKernelRemoveCommand() *cobra.Command {
	command := &cobra.Command{
		Use:   "remove",
		Short: "Remove the kernels that were installed",
		Args:  cobra.NoArgs,
	}
	location := locationFlags(command)
	project := projectFlag(command)
	only := onlyFlag(command)
	command.RunE = func(command *cobra.Command, _ []string) error {
		opened, err := project()
		if err != nil && (command.Flags().Changed("project") || *location == kernels.Location{}) {
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
		removed, err := kernels.Remove(folder, specs)
		for _, at := range removed {
			fmt.Fprintln(command.OutOrStdout(), "removed", at)
		}
		if err == nil && len(removed) == 0 {
			fmt.Fprintln(command.OutOrStdout(), "nothing to remove in", folder)
		}
		return err
	}
	return command
}

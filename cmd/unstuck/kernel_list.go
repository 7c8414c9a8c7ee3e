package main

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"example.com/unstuck/kernels"
	"example.com/unstuck/pkg/backend"
)

func newKernelListCommand() *cobra.Command {
	command := &cobra.Command{
		Use:   "list",
		Short: "List the installed kernels and what they lack",
		Args:  cobra.NoArgs,
	}
	location := locationFlags(command)
	project := projectFlag(command)
	usable := command.Flags().Bool("usable", false, "print the names of those whose backend works on this machine, one a line, and nothing else")
	command.RunE = func(command *cobra.Command, _ []string) error {
		opened, err := project()
		if err != nil && command.Flags().Changed("project") {
			return err
		}
		places := []kernels.Location{*location}
		if *location == (kernels.Location{}) {
			places = []kernels.Location{{}, {Prefix: opened.Python()}, {User: true}}
		}
		var folders []string
		for _, place := range places {
			folder, err := place.Folder(opened)
			if err != nil && len(places) == 1 {
				return err
			}
			if err == nil && !slices.Contains(folders, folder) {
				folders = append(folders, folder)
			}
		}
		if *usable {
			return printUsable(command.Context(), command.OutOrStdout(), folders)
		}
		return printKernels(command.OutOrStdout(), folders)
	}
	return command
}

// printUsable writes the names of the kernels in the folders that can run a cell here: the one for CUDA, for instance, needs
// a plugin and a GPU.
func printUsable(ctx context.Context, w io.Writer, folders []string) error {
	platforms := map[string][]string{} // by project: what its plugins serve
	for _, folder := range folders {
		installed, err := kernels.List(folder)
		if err != nil {
			return err
		}
		for _, kernel := range installed {
			if _, ok := platforms[kernel.Project]; !ok {
				platforms[kernel.Project] = backend.Survey(ctx, backend.Options{Name: backend.Go, Project: kernel.Project}).Usable()
			}
			if slices.Contains(platforms[kernel.Project], kernel.Backend) {
				fmt.Fprintln(w, kernel.Name)
			}
		}
	}
	return nil
}

// printKernels writes a table of the kernels in the folders.
func printKernels(w io.Writer, folders []string) error {
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	rows := 0
	for _, folder := range folders {
		installed, err := kernels.List(folder)
		if err != nil {
			return err
		}
		for _, kernel := range installed {
			if rows == 0 {
				fmt.Fprintln(table, "NAME\tDISPLAY NAME\tWHERE\tSTATE")
			}
			rows++
			state := "ok"
			if len(kernel.Missing) > 0 {
				state = "missing: " + strings.Join(kernel.Missing, "; ")
			}
			fmt.Fprintf(table, "%s\t%s\t%s\t%s\n", kernel.Name, kernel.DisplayName, kernel.Folder, state)
		}
	}
	if rows == 0 {
		fmt.Fprintf(table, "no kernel of unstuck in %s\n", strings.Join(folders, ", "))
	}
	return table.Flush()
}

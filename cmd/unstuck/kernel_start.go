package main

import (
	"fmt"
	"os"

	"github.com/spf13/cobra"

	"example.com/unstuck/kernels"
)

// newKernelStartCommand is what a kernelspec calls.
func newKernelStartCommand() *cobra.Command {
	command := &cobra.Command{
		Use:   "start --backend BACKEND --project DIR CONNECTION_FILE",
		Short: "Run a kernel on Jupyter's connection file (Jupyter calls this)",
		Args:  cobra.ExactArgs(1),
	}
	backend := command.Flags().String("backend", "", "the cells' GOMLX_BACKEND: xla:cpu, xla:cuda or go")
	verbose := command.Flags().Bool("verbose", false, "print GoNB's log")
	project := projectFlag(command)
	command.MarkFlagRequired("backend")
	command.RunE = func(command *cobra.Command, arguments []string) error {
		opened, err := project()
		if err != nil {
			return err
		}
		self, err := os.Executable()
		if err != nil {
			return fmt.Errorf("the path of this program: %w", err)
		}
		options := kernels.StartOptions{
			ConnectionFile: arguments[0],
			Project:        opened,
			Backend:        *backend,
			Watcher:        []string{self, "kernel", "watch"},
			Linker:         []string{self, "kernel", "link"},
		}
		if *verbose {
			options.Log = command.ErrOrStderr()
		}
		return kernels.Start(options)
	}
	return command
}

// newKernelLinkCommand links a cell.
func newKernelLinkCommand() *cobra.Command {
	return &cobra.Command{
		Use:                "link DIR TOOL...",
		Short:              "Link a cell, if it does anything (a kernel calls this)",
		Args:               cobra.MinimumNArgs(2),
		Hidden:             true,
		DisableFlagParsing: true, // the flags are the tool's
		RunE: func(_ *cobra.Command, arguments []string) error {
			return kernels.Link(arguments[0], arguments[1:])
		},
	}
}

// newKernelWatchCommand cleans up behind a kernel.
func newKernelWatchCommand() *cobra.Command {
	return &cobra.Command{
		Use:    "watch DIR",
		Short:  "Remove a kernel's folder and processes when stdin ends (a kernel calls this)",
		Args:   cobra.ExactArgs(1),
		Hidden: true,
		RunE: func(command *cobra.Command, arguments []string) error {
			return kernels.Watch(command.InOrStdin(), arguments[0])
		},
	}
}

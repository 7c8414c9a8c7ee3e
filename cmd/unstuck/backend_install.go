package main

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"example.com/unstuck/pkg/backend"
	"example.com/unstuck/pkg/backend/autoinstall"
)

func newBackendInstallCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "install",
		Short: "Download GoMLX's XLA plugin for the CPU, where none is found",
		Long: `Opens XLA on the CPU. Where no plugin for it is found, GoMLX's own is downloaded (about 60 MB, from its
releases on GitHub) into the folder of GoMLX's plugins in your home, where every program of this project finds it.
In a clone of the project make lab does without: it installs the plugin that the project pins into .lab.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			install := func(_ context.Context, library string) error { return autoinstall.CPU(cmd.Context(), library) }
			b, err := backend.Open(backend.Options{Name: backend.XLACPU, Install: install})
			if err != nil {
				return err
			}
			_, err = fmt.Fprintln(cmd.OutOrStdout(), b.Reason())
			if closing := b.Close(); err == nil {
				err = closing
			}
			return err
		},
	}
}

package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"example.com/unstuck/pkg/backend"
)

func newBackendClearCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "clear",
		Short: "Remove the compiled programs on disk",
		Long: `XLA's compiled programs are kept, so that the next process doesn't wait for the compiler. This removes them;
they are compiled again when they are needed. ` + backend.ProgramsVariable + `=off keeps none, and any other value is the folder for them.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			b, err := backend.Open(backend.Options{Name: "xla"})
			if err != nil {
				return err
			}
			kept := b.Programs()
			err = b.ClearPrograms()
			if closing := b.Close(); err == nil {
				err = closing
			}
			if err != nil {
				return err
			}
			if kept.Folder == "" {
				_, err = fmt.Fprintln(cmd.OutOrStdout(), "programs are "+kept.String())
			} else {
				_, err = fmt.Fprintf(cmd.OutOrStdout(), "removed %v\n", kept)
			}
			return err
		},
	}
}

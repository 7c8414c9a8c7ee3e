package main

import (
	"encoding/json"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"example.com/unstuck/pkg/backend"
)

func newBackendCommand() *cobra.Command {
	var options backend.Options
	var asJSON bool
	command := &cobra.Command{
		Use:   "backend [name]",
		Short: "Say which backend a training would run on, and why",
		Long: `Opens the backend that a training would run on and tells the full story: which one was chosen and why,
the XLA plugins found with their versions and devices, what is wrong with those that can't be used, and the
environment variables that mattered. The name is one of xla:cuda, xla:cpu, xla, go and auto; without one,
GOMLX_BACKEND decides. It fails when what was asked for can't be opened.`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) == 1 {
				options.Name = args[0]
			}
			report := backend.Survey(cmd.Context(), options)
			if asJSON {
				encoder := json.NewEncoder(cmd.OutOrStdout())
				encoder.SetIndent("", "  ")
				if err := encoder.Encode(report); err != nil {
					return err
				}
			} else if _, err := fmt.Fprintln(cmd.OutOrStdout(), report); err != nil {
				return err
			}
			if report.Chosen == "" {
				return said{errors.New(report.Error)}
			}
			return nil
		},
	}
	command.Flags().BoolVar(&asJSON, "json", false, "print the report as JSON")
	command.Flags().StringVar(&options.Project, "project", "", "folder whose .lab/venv holds the plugins (default: UNSTUCK_HOME, or the module around the working directory)")
	command.AddCommand(newBackendInstallCommand(), newBackendClearCommand())
	return command
}

package main

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"example.com/unstuck/internal/atomicfile"
	"example.com/unstuck/pkg/doctor"
	"example.com/unstuck/pkg/doctor/report"
)

func newDiagnoseCommand() *cobra.Command {
	var files caseFiles
	var asJSON, quiet bool
	var html, markdown string
	command := &cobra.Command{
		Use:   "diagnose [PATH]",
		Short: "Find out what keeps a training from learning, and prove it by treating it",
		Long: caseHelp + `

Runs the training, names the cause that keeps its loss from moving, and tries what undoes it, from the same
start on the same batches. The exit status is 0 for a diagnosis of any kind and 2 for input that can't be
used, with the reason and the place.`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			c, err := files.read(cmd.Context(), args)
			if err != nil {
				return err
			}
			options := doctor.Options{Memory: files.memory()}
			if !asJSON && !quiet {
				options.Progress = func(what string) { fmt.Fprintf(cmd.ErrOrStderr(), "… %s\n", what) }
			}
			r, err := doctor.Examine(cmd.Context(), c, options)
			if err != nil {
				return err
			}
			if err := writeReport(html, r, report.HTML); err != nil {
				return err
			}
			if err := writeReport(markdown, r, report.Markdown); err != nil {
				return err
			}
			if asJSON {
				return json.NewEncoder(cmd.OutOrStdout()).Encode(r)
			}
			_, err = fmt.Fprint(cmd.OutOrStdout(), report.Text(r), pages(r))
			return err
		},
	}
	files.flags(command)
	command.Flags().BoolVar(&asJSON, "json", false, "print the result as JSON and nothing else")
	command.Flags().BoolVarP(&quiet, "quiet", "q", false, "don't tell on standard error what is being tried")
	command.Flags().StringVar(&html, "html", "", "also write the report, with figures, to this HTML file")
	command.Flags().StringVar(&markdown, "markdown", "", "also write the report, with figures, to this Markdown file")
	return command
}

// pages says where to read on: each cause has a page in the project.
func pages(r *doctor.Report) string {
	var b strings.Builder
	for i, cause := range append([]doctor.Cause{r.Cause}, causes(r.Findings)...) {
		if cause == doctor.Undecided {
			b.WriteString("\nMore about how a verdict comes about: docs/doctor.md")
		} else if i == 0 || cause != r.Cause {
			fmt.Fprintf(&b, "\nMore about %s: docs/causes/%s.md", cause, cause)
		}
	}
	return b.String() + "\n"
}

func causes(findings []doctor.Finding) []doctor.Cause {
	var all []doctor.Cause
	for _, f := range findings {
		all = append(all, f.Cause)
	}
	return all
}

func writeReport(path string, r *doctor.Report, render func(*doctor.Report) (string, error)) error {
	if path == "" {
		return nil
	}
	text, err := render(r)
	if err != nil {
		return err
	}
	return atomicfile.Write(path, 0o644, func(w io.Writer) error {
		_, err := io.WriteString(w, text)
		return err
	})
}

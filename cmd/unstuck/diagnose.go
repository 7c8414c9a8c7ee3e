package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"example.com/unstuck/internal/atomicfile"
	"example.com/unstuck/pkg/doctor"
	"example.com/unstuck/pkg/doctor/report"
	"example.com/unstuck/pkg/loop"
	"example.com/unstuck/pkg/training"
)

func newDiagnoseCommand() *cobra.Command {
	var files caseFiles
	var asJSON, quiet, loopOnly bool
	var html, markdown string
	var languages []string
	command := &cobra.Command{
		Use:   "diagnose [PATH]",
		Short: "Find out what keeps a training from learning, and prove it by treating it",
		Long: caseHelp + `

Runs the training, names the cause that keeps its loss from moving, and tries what undoes it, from the same
start on the same batches. Where a part of the model can't be read, it names every such place and what the rest,
the description and the data, already show; nothing is tried then. The exit status is 0 for a diagnosis of any
kind and 2 for input that can't be used, or not all of it, with the reason and the place.`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			options := doctor.Options{Memory: files.memory()}
			if !asJSON && !quiet {
				options.Progress = func(what string) { fmt.Fprintf(cmd.ErrOrStderr(), "… %s\n", what) }
			}
			in, err := languagesOf(languages)
			if err != nil {
				return err
			}
			if len(args) == 1 && files.Model == "" && loop.Is(args[0]) {
				return files.diagnoseLoop(cmd, args[0], options, in, asJSON, loopOnly, html, markdown)
			}
			r, err := files.examine(cmd.Context(), args, options)
			if err != nil {
				return err
			}
			r.Languages = in
			if err := writeReport(cmd.Context(), html, r, report.HTML); err != nil {
				return err
			}
			if err := writeReport(cmd.Context(), markdown, r, report.Markdown); err != nil {
				return err
			}
			if asJSON {
				err = json.NewEncoder(cmd.OutOrStdout()).Encode(r)
			} else {
				_, err = fmt.Fprint(cmd.OutOrStdout(), report.Text(r), pages(r))
			}
			if err != nil {
				return err
			}
			return notWhole(r)
		},
	}
	files.flags(command)
	command.Flags().BoolVar(&asJSON, "json", false, "print the result as JSON and nothing else")
	command.Flags().BoolVarP(&quiet, "quiet", "q", false, "don't tell on standard error what is being tried")
	command.Flags().StringSliceVar(&languages, "in", nil, "print treatments in these languages: go, keras, torch (default: torch for a model or loop of PyTorch, else all)")
	command.Flags().BoolVar(&loopOnly, "loop-only", false, "of a recorded loop that is correct don't examine model and data")
	command.Flags().StringVar(&html, "html", "", "also write the report, with figures, to this HTML file")
	command.Flags().StringVar(&markdown, "markdown", "", "also write the report, with figures, to this Markdown file")
	return command
}

// examine reads a training and examines it, or what could be read of it.
func (f *caseFiles) examine(ctx context.Context, args []string, options doctor.Options) (*doctor.Report, error) {
	c, err := f.read(ctx, args)
	var partial *training.Partial
	switch {
	case errors.As(err, &partial):
		return doctor.ExaminePartial(ctx, partial)
	case err != nil:
		return nil, err
	}
	return doctor.Examine(ctx, c, options)
}

// languagesOf are those that are named; nil for none.
func languagesOf(names []string) ([]training.Language, error) {
	var all []training.Language
	for _, name := range names {
		if !slices.Contains(training.AllLanguages(), training.Language(name)) {
			return nil, fmt.Errorf("--in %q: must be go, keras or torch", name)
		}
		all = append(all, training.Language(name))
	}
	return all, nil
}

// notWhole is the error of a training that wasn't read whole; nil for one that was.
func notWhole(r *doctor.Report) error {
	switch len(r.Unread) {
	case 0:
		return nil
	case 1:
		return fmt.Errorf("nothing was trained or tried, for this was not understood: %w", r.Unread[0])
	}
	return fmt.Errorf("nothing was trained or tried, for %d places were not understood, all named in the report, the first: %w", len(r.Unread), r.Unread[0])
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

func writeReport[R any](ctx context.Context, path string, r R, render func(context.Context, R) (string, error)) error {
	if path == "" {
		return nil
	}
	text, err := render(ctx, r)
	if err != nil {
		return err
	}
	return atomicfile.Write(path, 0o644, func(w io.Writer) error {
		_, err := io.WriteString(w, text)
		return err
	})
}

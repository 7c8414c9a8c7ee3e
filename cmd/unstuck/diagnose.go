package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"example.com/unstuck/internal/atomicfile"
	"example.com/unstuck/pkg/backend"
	"example.com/unstuck/pkg/doctor"
	"example.com/unstuck/pkg/doctor/report"
	"example.com/unstuck/pkg/exchange/saved"
	"example.com/unstuck/pkg/loop"
	"example.com/unstuck/pkg/training"
)

// diagnosis is what the command is asked for.
type diagnosis struct {
	files                             caseFiles
	screen                            screen
	asJSON, quiet, loopOnly, exitCode bool
	parallel                          int
	html, markdown                    string
	languages                         []string
}

func newDiagnoseCommand() *cobra.Command {
	var d diagnosis
	command := &cobra.Command{
		Use:   "diagnose [PATH]",
		Short: "Find out what keeps a training from learning, and prove it by treating it",
		Long: caseHelp + `

Runs the training, names the cause that keeps its loss from moving, and tries what undoes it, from the same
start on the same batches. Where a part of the model can't be read, it names every such place and what the rest,
the description and the data, already show; nothing is tried then. The exit status is 0 for a diagnosis of any
kind, unless --exit-code asks for the verdict's, and 2 for input that can't be used, or not all of it, with the reason and the
place. Ctrl-C ends it with what is known so far and status 130; a second one ends it at once.`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error { return d.run(cmd, args) },
	}
	d.files.flags(command)
	d.screen.flags(command)
	exitCodeFlag(command, &d.exitCode)
	command.Flags().BoolVar(&d.asJSON, "json", false, "print the result as JSON and nothing else, errors too (docs/json.md)")
	command.Flags().BoolVarP(&d.quiet, "quiet", "q", false, "print no progress on standard error")
	command.Flags().StringSliceVar(&d.languages, "in", nil, "print treatments in these languages: go, keras, torch (default: torch for a model or loop of PyTorch, else all)")
	command.Flags().BoolVar(&d.loopOnly, "loop-only", false, "of a recorded loop that is correct don't examine model and data")
	command.Flags().IntVar(&d.parallel, "parallel", 0, "how many trainings may run at once; the report is the same for every number (default: as many as there are processors and memory has room for, up to 4)")
	command.Flags().Bool("queue", false, "examine several folders on the processes and machines of a queue; its other flags: unstuck diagnose --queue --help")
	command.Flags().StringVar(&d.html, "html", "", "also write the report, with figures, to this HTML file")
	command.Flags().StringVar(&d.markdown, "markdown", "", "also write the report, with figures, to this Markdown file")
	command.Flags().StringVar(&d.files.on, "backend", "", "xla:cuda, xla:cpu, xla, go or auto (default: go, which is quick on small models; for a recorded loop the best there is)")
	return command
}

func (d *diagnosis) run(cmd *cobra.Command, args []string) error {
	in, err := languagesOf(d.languages)
	if err != nil {
		return err
	}
	if err := d.screen.check(); err != nil {
		return err
	}
	if d.parallel < 0 {
		return fmt.Errorf("--parallel is %d, must be at least 1, or 0 for the default", d.parallel)
	}
	options := doctor.Options{Memory: d.files.memory(), SideBySide: d.parallel}
	told := func() {}
	if !d.asJSON && !d.quiet {
		p := newProgress(cmd.ErrOrStderr())
		options.OnStep, told = p.step, p.end
	}
	if len(args) == 1 && d.files.Model == "" && loop.Is(args[0]) {
		result, err := d.files.examineLoop(cmd.Context(), args[0], options, d.loopOnly)
		told()
		result.printIn(in)
		return d.writeLoop(cmd, result, err)
	}
	r, err := d.files.examine(cmd.Context(), args, options)
	told()
	var interrupted *doctor.Interrupted
	if errors.As(err, &interrupted) {
		r = interrupted.Report
	} else if err != nil {
		return err
	}
	r.Languages = in
	if d.asJSON {
		err = writeJSON(cmd.OutOrStdout(), "training", r)
	} else {
		_, err = fmt.Fprint(cmd.OutOrStdout(), report.Terminal(r, d.screen.on(cmd.OutOrStdout())), pages(r))
	}
	if err != nil {
		return err
	}
	err = d.writePages(cmd.Context(),
		func(ctx context.Context) (string, error) { return report.HTML(ctx, r) },
		func(ctx context.Context) (string, error) { return report.Markdown(ctx, r) })
	switch {
	case interrupted != nil:
		return said{interruptedWith(cmd, interrupted, err)}
	case len(r.Unread) > 0:
		return said{errors.Join(notWhole(r), err)}
	case err != nil:
		return said{err}
	case d.exitCode:
		return trainingStatus(r).err()
	}
	return nil
}

// examine reads a training and examines it, or what could be read of it, on the backend that was asked for.
func (f *caseFiles) examine(ctx context.Context, args []string, options doctor.Options) (*doctor.Report, error) {
	if f.on != "" {
		b, err := backend.Open(backend.Options{Name: f.on})
		if err != nil {
			return nil, err
		}
		options.Backend = b.Backend
	}
	c, err := f.read(ctx, args)
	var partial *training.Partial
	switch {
	case errors.As(err, &partial):
		return doctor.ExaminePartial(ctx, partial)
	case errors.Is(err, saved.ErrNoModel):
		return nil, fmt.Errorf("%w. A recorded loop may be in it, too: unstuck.watch(…) of the Python package in a loop of PyTorch or Keras writes one, unstuck.KerasWatch(…) one of model.fit", err)
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

// notWhole is the error of a training that wasn't read whole.
func notWhole(r *doctor.Report) error {
	if len(r.Unread) == 1 {
		return fmt.Errorf("nothing was trained or tried, for this was not understood: %w", r.Unread[0])
	}
	return fmt.Errorf("nothing was trained or tried, for %d places were not understood, all named in the report, the first: %w", len(r.Unread), r.Unread[0])
}

// pages says where to read on: each cause has a page in the command.
func pages(r *doctor.Report) string {
	var b strings.Builder
	for i, cause := range append([]doctor.Cause{r.Cause}, causesOf(r.Findings)...) {
		if cause != doctor.Undecided && (i == 0 || cause != r.Cause) {
			fmt.Fprintf(&b, "\nMore about %s: unstuck explain %s", cause, cause)
		}
	}
	return b.String() + "\n"
}

func causesOf(findings []doctor.Finding) []doctor.Cause {
	var all []doctor.Cause
	for _, f := range findings {
		all = append(all, f.Cause)
	}
	return all
}

// writePages writes the report to the files that were asked for. It comes behind the printing: a file that can't be written must not
// cost a report that took minutes, nor the other file. What is known so far is written in spite of a signal.
func (d *diagnosis) writePages(ctx context.Context, html, markdown func(context.Context) (string, error)) error {
	ctx = context.WithoutCancel(ctx)
	return errors.Join(writePage(ctx, "--html", d.html, html), writePage(ctx, "--markdown", d.markdown, markdown))
}

func writePage(ctx context.Context, flag, path string, render func(context.Context) (string, error)) error {
	if path == "" {
		return nil
	}
	text, err := render(ctx)
	if err == nil {
		err = atomicfile.Write(path, 0o644, func(w io.Writer) error {
			_, err := io.WriteString(w, text)
			return err
		})
	}
	if err != nil {
		return fmt.Errorf("%s: %w", flag, err)
	}
	return nil
}

// interruptedWith is the interruption, once a file that couldn't be written is told of: of a signal nothing else would be said.
func interruptedWith(cmd *cobra.Command, interrupted, unwritten error) error {
	if unwritten != nil {
		fmt.Fprintln(cmd.ErrOrStderr(), "unstuck:", pathInWords(unwritten))
	}
	return interrupted
}

package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/spf13/cobra"

	"example.com/unstuck/docs/causes"
	"example.com/unstuck/pkg/backend"
	"example.com/unstuck/pkg/doctor"
	"example.com/unstuck/pkg/doctor/report"
	"example.com/unstuck/pkg/loop"
	"example.com/unstuck/pkg/loop/loopreport"
	"example.com/unstuck/pkg/training"
)

// loopResult is what is printed of a recording as JSON.
type loopResult struct {
	*loop.Report
	Training *doctor.Report `json:"training,omitempty"` // of a loop without a fault: the diagnosis of its model and data

	keras bool // a loop of Keras was recorded, which is written in Python
}

// printIn has changes and treatments printed in these languages; none: in that of the program that was recorded.
func (r *loopResult) printIn(languages []training.Language) {
	if r.Report != nil {
		r.Report.Languages = languages
	}
	if len(languages) == 0 && r.keras {
		languages = []training.Language{training.Keras}
	}
	if r.Training != nil {
		r.Training.Languages = languages
	}
}

// examineLoop replays the recording in a folder. Of a loop without a fault, what was recorded of model and data is examined; where
// that is interrupted, what is known by then is in the result too.
func (f *caseFiles) examineLoop(ctx context.Context, folder string, options doctor.Options, loopOnly bool) (loopResult, error) {
	recording, err := loop.Read(folder)
	if err != nil {
		return loopResult{}, err
	}
	b, err := backend.Open(backend.Options{Name: f.on})
	if err != nil {
		return loopResult{}, err
	}
	found, err := loop.Diagnose(ctx, recording, loop.Options{Backend: b.Backend})
	if err != nil {
		return loopResult{}, err
	}
	result := loopResult{Report: found, keras: recording.Framework == "keras"}
	if len(found.Findings) > 0 || loopOnly {
		return result, nil
	}
	if why := recording.Unexamined(); why != "" {
		if !slices.Contains(found.Unchecked, why) {
			found.Unchecked = append(found.Unchecked, why)
		}
		return result, nil
	}
	trained := *f
	trained.TargetRow, trained.UnknownRowWeights = found.TargetRow, recording.UnknownRowWeights()
	result.Training, err = trained.examine(ctx, []string{folder}, options)
	var interrupted *doctor.Interrupted
	switch {
	case errors.As(err, &interrupted):
		result.Training = interrupted.Report
		return result, err
	case err != nil && ctx.Err() != nil:
		return result, err
	case err != nil:
		found.Unchecked = append(found.Unchecked, fmt.Sprintf("model and data: %v", err))
	}
	return result, nil
}

// writeLoop writes what a recording shows; with interrupted, what is known so far.
func (d *diagnosis) writeLoop(cmd *cobra.Command, result loopResult, interrupted error) error {
	if result.Report == nil {
		return interrupted
	}
	found := result.Report
	var err error
	if d.asJSON {
		err = writeJSON(cmd.OutOrStdout(), "loop", result)
	} else {
		err = d.tellLoop(cmd.OutOrStdout(), result)
	}
	if err != nil {
		return err
	}
	err = d.writePages(cmd.Context(),
		func(ctx context.Context) (string, error) { return loopreport.HTML(ctx, found, result.Training) },
		func(ctx context.Context) (string, error) { return loopreport.Markdown(ctx, found, result.Training) })
	switch {
	case interrupted != nil:
		return said{interruptedWith(cmd, interrupted, err)}
	case err != nil:
		return said{err}
	case d.exitCode:
		return loopStatus(result, d.loopOnly).err()
	}
	return nil
}

func (d *diagnosis) tellLoop(w io.Writer, result loopResult) error {
	o := d.screen.on(w)
	text := result.Report.Terminal() + "\nMore about recorded loops: docs/loop.md\n"
	if _, found := causes.Page(string(result.Cause)); found {
		text += fmt.Sprintf("More about %s: unstuck explain %s\n", result.Cause, result.Cause)
	}
	if r := result.Training; r != nil {
		text += "\n" + loopreport.WhyBehind(result.Report) + ":\n\n"
		_, err := fmt.Fprint(w, fitted(text, o.Width), report.Terminal(r, o), pages(r))
		return err
	}
	_, err := fmt.Fprint(w, fitted(text, o.Width))
	return err
}

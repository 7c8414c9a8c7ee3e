package main

import (
	"encoding/json"
	"fmt"

	"github.com/spf13/cobra"

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
	Training *doctor.Report `json:"training,omitempty"` // of a correct loop: the diagnosis of its model and data
}

// diagnoseLoop replays the recording in a folder. Of a loop that is correct, what was recorded of model and data is examined.
func (f *caseFiles) diagnoseLoop(cmd *cobra.Command, folder string, options doctor.Options, in []training.Language, asJSON, loopOnly bool, html, markdown string) error {
	recording, err := loop.Read(folder)
	if err != nil {
		return err
	}
	b, err := backend.Open(backend.Options{Name: f.on})
	if err != nil {
		return err
	}
	found, err := loop.Diagnose(cmd.Context(), recording, loop.Options{Backend: b.Backend})
	if err != nil {
		return err
	}
	found.Languages = in
	result := loopResult{Report: found}
	var why error
	if found.Cause == loop.Correct && !loopOnly {
		if result.Training, why = f.examine(cmd.Context(), []string{folder}, options); why != nil && cmd.Context().Err() != nil {
			return why
		}
		if why != nil {
			found.Unchecked = append(found.Unchecked, fmt.Sprintf("model and data: %v", why))
		}
	}
	if err := writeReport(cmd.Context(), html, found, loopreport.HTML); err != nil {
		return err
	}
	if err := writeReport(cmd.Context(), markdown, found, loopreport.Markdown); err != nil {
		return err
	}
	if asJSON {
		return json.NewEncoder(cmd.OutOrStdout()).Encode(result)
	}
	if _, err := fmt.Fprint(cmd.OutOrStdout(), found.Text(), fmt.Sprintf("\nMore about %s: docs/causes/%[1]s.md; about recorded loops: docs/loop.md\n", found.Cause)); err != nil || result.Training == nil {
		return err
	}
	_, err = fmt.Fprint(cmd.OutOrStdout(), "\nThe loop being correct, model and data were examined:\n\n", report.Text(result.Training), pages(result.Training))
	return err
}

package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"example.com/unstuck/internal/border"
	"example.com/unstuck/pkg/curve"
	"example.com/unstuck/pkg/exchange/logs"
)

func newHistoryCommand() *cobra.Command {
	var asJSON bool
	command := &cobra.Command{
		Use:   "history LOG",
		Short: "Say what the log of a training can show, and what it can't",
		Long: `LOG is a file or a folder: a table (Keras' CSVLogger, Lightning's metrics.csv), JSON or JSON Lines, history.history as
Python prints it, trainer_state.json or the folder of Hugging Face's Trainer, event files of TensorBoard or their folder, a record
of this project, or lines copied from a terminal. With - it is read from standard input, where a column of numbers will do.

The losses are told by their names: loss, train_loss, val_loss, eval_loss and the like. What is said is about numbers: where a
loss is flat, falls, rises, swings or stops being a number. Why, a log seldom shows: the last lines say what would.`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			answer, err := border.Interruptible(cmd.Context(), func() (answer, error) {
				log, err := openLog(args[0], cmd.InOrStdin())
				if err != nil {
					return answer{}, err
				}
				r, err := curve.Read(cmd.Context(), log.Series)
				if errors.Is(err, curve.ErrNoLoss) {
					err = fmt.Errorf("read as %s: %w", log.Format, err)
				}
				return answer{Format: log.Format, Remarks: log.Remarks, Report: r}, err
			})
			if err != nil {
				return err
			}
			return answer.write(cmd.OutOrStdout(), asJSON)
		},
	}
	command.Flags().BoolVar(&asJSON, "json", false, "print the result as JSON and nothing else")
	return command
}

// answer is what the command prints.
type answer struct {
	Format        string   `json:"format"`
	Remarks       []string `json:"remarks,omitempty"`
	*curve.Report          // its fields stand beside these
}

func openLog(path string, in io.Reader) (*logs.Log, error) {
	if path != "-" {
		return logs.Open(path)
	}
	log, err := logs.Read(in)
	if err != nil {
		return nil, fmt.Errorf("standard input: %w", err)
	}
	return log, nil
}

func (a answer) write(w io.Writer, asJSON bool) error {
	if asJSON {
		return json.NewEncoder(w).Encode(a)
	}
	for _, remark := range a.Remarks {
		if _, err := fmt.Fprintf(w, "Note: %s.\n", remark); err != nil {
			return err
		}
	}
	_, err := fmt.Fprint(w, a.Text())
	return err
}

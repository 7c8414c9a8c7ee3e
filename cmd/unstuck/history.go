package main

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"example.com/unstuck/internal/border"
	"example.com/unstuck/pkg/curve"
	"example.com/unstuck/pkg/exchange/logs"
)

func newHistoryCommand() *cobra.Command {
	var asJSON, exitCode bool
	var names curve.Names
	var on screen
	command := &cobra.Command{
		Use:   "history LOG",
		Short: "Say what the log of a training can show, and what it can't",
		Long: `LOG is a file or a folder: a table (Keras' CSVLogger, Lightning's metrics.csv), JSON or JSON Lines, history.history as
Python prints it, trainer_state.json or the folder of Hugging Face's Trainer, event files of TensorBoard or their folder, a record
of this project, or lines copied from a terminal. With - it is read from standard input, where a column of numbers will do.

The losses are recognized by their names: loss, train_loss, val_loss, eval_loss and the like. --loss and --validation name them
where they are called otherwise. What is said is about numbers: where a loss is flat, falls, rises, swings or stops being a number. Why, a log seldom shows: the last lines say what would.

With --exit-code the status is 0 where every loss in the log fell, 11 where one didn't, rose again or stopped being a number, and
12 where there are too few numbers to tell.`,
		Args: func(_ *cobra.Command, args []string) error {
			switch len(args) {
			case 0:
				return usageError{errors.New("which log? Give a file, a folder, or - for standard input: unstuck history FILE")}
			case 1:
				return nil
			}
			return usageError{fmt.Errorf("there are %d logs, %s and others: give one at a time", len(args), args[0])}
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := on.check(); err != nil {
				return err
			}
			answer, err := answerOf(cmd.Context(), args[0], cmd.InOrStdin(), names)
			if errors.Is(err, curve.ErrNoLoss) {
				return fmt.Errorf("%w. Say which columns are losses: --loss NAME, --validation NAME", err)
			}
			if err != nil {
				return err
			}
			if answer.Assumed != "" {
				answer.Assumed += "; choose others with --loss NAME and --validation NAME"
			}
			if err := answer.write(cmd.OutOrStdout(), asJSON, on); err != nil || !exitCode {
				return err
			}
			return curveStatus(answer.Report).err()
		},
	}
	command.Flags().BoolVar(&asJSON, "json", false, "print the result as JSON and nothing else, errors too (docs/json.md)")
	command.Flags().BoolVar(&exitCode, "exit-code", false, "exit with 0 if every loss fell, 11 if one didn't, 12 if there are too few numbers")
	command.Flags().StringVar(&names.Loss, "loss", "", "the `NAME` of the column that is the training loss")
	command.Flags().StringVar(&names.Validation, "validation", "", "the `NAME` of the column that is the validation loss")
	on.widthFlag(command)
	return command
}

// answerOf reads a log and says what it shows.
func answerOf(ctx context.Context, path string, in io.Reader, names curve.Names) (answer, error) {
	return border.Interruptible(ctx, func() (answer, error) {
		log, err := openLog(path, in)
		if err != nil {
			return answer{}, err
		}
		r, err := curve.ReadAs(ctx, log.Series, names)
		if errors.Is(err, curve.ErrNoLoss) {
			err = fmt.Errorf("read as %s: %w", log.Format, err)
		}
		return answer{Format: log.Format, Remarks: log.Remarks, Report: r}, err
	})
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

func (a answer) write(w io.Writer, asJSON bool, on screen) error {
	if asJSON {
		return writeJSON(w, "log", a)
	}
	text := ""
	for _, remark := range a.Remarks {
		text += fmt.Sprintf("Note: %s.\n", remark)
	}
	_, err := fmt.Fprint(w, fitted(text+a.Text(), on.on(w).Width))
	return err
}

package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"example.com/unstuck/pkg/backend"
	"example.com/unstuck/pkg/doctor"
	"example.com/unstuck/pkg/exchange/saved"
	"example.com/unstuck/pkg/fit"
	"example.com/unstuck/pkg/fit/run"
	"example.com/unstuck/pkg/training"
)

// caseFiles are the flags that say where a training is described, shared by diagnose and fit.
type caseFiles struct {
	saved.Files
	gib float64 // of memory
	on  string  // the backend
}

func (f *caseFiles) flags(command *cobra.Command) {
	command.Flags().StringVar(&f.Model, "model", "", "config.json, .keras or legacy .h5 file of a compiled Keras model, or .pt2 of PyTorch")
	command.Flags().StringVar(&f.Data, "data", "", ".npz with arrays x and y, or a table: .csv, .tsv or .parquet")
	command.Flags().StringVar(&f.Validation, "validation", "", "rows of their own to validate on, a file as --data is one (default: test.csv or validation.csv beside train.csv)")
	tableFlags(command, &f.Table)
	command.Flags().Float64Var(&f.gib, "memory", doctor.DefaultMemory>>30, "GiB of memory that may be taken; what would need more by a rough estimate is refused")
	command.Flags().StringVar(&f.Fit, "fit", "", "JSON with epochs, batch_size, validation_split, class_weight, seed, shuffle")
}

// read takes the files of the folder in args, those given by flags first.
func (f *caseFiles) read(ctx context.Context, args []string) (training.Training, error) {
	if err := checkGiB(f.gib); err != nil {
		return training.Training{}, err
	}
	files := f.Files
	if len(args) == 1 {
		found, err := saved.Find(args[0], files)
		if err != nil {
			return training.Training{}, err
		}
		files = found
	}
	if files.Model == "" && files.Data == "" {
		return training.Training{}, errors.New("nothing to read: give a folder with config.json and data.npz, or --model and --data")
	}
	t, err := files.ReadContext(ctx)
	if err != nil || t.Noted.Rows == 0 {
		return t, err
	}
	if err := doctor.CheckTraining(t, f.memory()); err != nil {
		return t, err
	}
	b, err := backend.Open(backend.Options{Name: f.on})
	if err != nil {
		return t, err
	}
	return t, run.CheckStart(ctx, t, fit.Options{Backend: b.Backend})
}

// checkGiB refuses a --memory that makes no sense.
func checkGiB(gib float64) error {
	if !(gib > 0 && gib <= 1<<20) {
		return fmt.Errorf("--memory is %g, must be above 0 and at most %d", gib, 1<<20)
	}
	return nil
}

// memory is how many bytes may be taken.
func (f *caseFiles) memory() int64 { return max(1, int64(f.gib*(1<<30))) }

const caseHelp = `PATH is a folder with config.json, model.keras or model.h5 (a compiled Keras model), data.npz (arrays x and y; of a
model with several inputs or outputs one of each name) or data.csv (docs/tables.md says how it is read), and, if Keras' defaults don't
hold, fit.json with epochs, batch_size, validation_split, class_weight, seed and shuffle. Flags name files that lie elsewhere.
A model.keras or model.h5 has weights: the training starts from them, and its optimizer goes on where it was saved, as
after load_model in Keras. With a config.json it starts from what the initializers draw. A lone .keras, .h5 or .pt2
file may have any name.

Of PyTorch PATH holds model.pt2 (torch.export), data.npz and training.json (loss, optimizer and settings), as unstuck.save of
the Python package writes them; or it is a recorded loop, as unstuck.watch of the Python package writes it, whose steps are replayed.`

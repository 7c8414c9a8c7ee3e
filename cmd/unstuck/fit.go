package main

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"example.com/unstuck/internal/exponent"

	"github.com/spf13/cobra"

	"example.com/unstuck/pkg/backend"
	"example.com/unstuck/pkg/doctor"
	"example.com/unstuck/pkg/fit"
	"example.com/unstuck/pkg/fit/run"
	"example.com/unstuck/pkg/optim"
	"example.com/unstuck/pkg/training"
)

func newFitCommand() *cobra.Command {
	var files caseFiles
	var asJSON bool
	command := &cobra.Command{
		Use:   "fit [PATH]",
		Short: "Train a model and print its history",
		Long:  caseHelp,
		Args:  cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			c, err := files.read(cmd.Context(), args)
			if err != nil {
				return err
			}
			if err := doctor.CheckTraining(c, files.memory()); err != nil {
				return err
			}
			b, err := backend.Open(backend.Options{Name: files.on})
			if err != nil {
				return err
			}
			m, err := run.New(c, fit.Options{Backend: b.Backend})
			if err != nil {
				return err
			}
			if c.Started() {
				optimizer := ""
				if c.Memory == nil {
					optimizer = ", with an optimizer that remembers nothing: the file has no state of it that can be read"
				}
				fmt.Fprintf(cmd.ErrOrStderr(), "starts from %s%s\n", c.StartText(), optimizer)
			}
			for _, a := range c.Assumed {
				if a.Given != "" || a.OfData || slices.Contains([]string{training.MetricsSetting, training.ClassWeightSetting, training.HuberDeltaSetting}, a.Setting) {
					fmt.Fprintln(cmd.ErrOrStderr(), "unstuck:", a)
				}
			}
			contradictions := doctor.Contradictions(c)
			for _, text := range contradictions {
				fmt.Fprintln(cmd.ErrOrStderr(), "unstuck:", text)
			}
			config := run.Config(c)
			if asJSON {
				return fitJSON(cmd, m, c, config, contradictions)
			}
			config.Callbacks = append(config.Callbacks, epochPrinter{cmd.OutOrStdout(), c.Optimizer.Groups})
			_, err = m.Fit(cmd.Context(), c.TrainData(), config)
			return err
		},
	}
	files.flags(command)
	command.Flags().BoolVar(&asJSON, "json", false, "print the history as JSON once it is over, and nothing else, errors too (docs/json.md)")
	command.Flags().StringVar(&files.on, "backend", "", "xla:cuda, xla:cpu, xla, go or auto (default: GOMLX_BACKEND, else the best there is)")
	return command
}

// epochPrinter writes a line for each epoch.
type epochPrinter struct {
	to     io.Writer
	groups []optim.Group // each has a rate of its own
}

// EpochEnd implements [fit.EpochEnder].
func (p epochPrinter) EpochEnd(r *fit.Run) error {
	e := r.History.Epochs[len(r.History.Epochs)-1]
	line := fmt.Sprintf("epoch %d/%d  loss %.6g", r.Epoch, r.Epochs, e.Loss)
	line += metricsText("", e.Metrics)
	if e.Validation != nil {
		line += fmt.Sprintf("  val_loss %.6g", e.Validation.Loss) + metricsText("val_", e.Validation.Metrics)
	}
	_, err := fmt.Fprintf(p.to, "%s  lr %s\n", line, ratesText(e.LearningRate, p.groups))
	return err
}

// ratesText is the rate of the weights that are in no group, then that of each group; of PyTorch's groups, in one of which every weight
// is and which take the first one's rate for the other, it is one for each.
func ratesText(rate float64, groups []optim.Group) string {
	shown := func(rate float64) string { return exponent.Short(fmt.Sprintf("%.3g", rate)) }
	rates := make([]string, len(groups))
	for i, g := range groups {
		switch {
		case g.Frozen:
			rates[i] = "frozen"
		case g.RateFactor == 0: // means 1
			rates[i] = shown(rate)
		default:
			rates[i] = shown(rate * g.RateFactor)
		}
	}
	if of := shown(rate); len(rates) == 0 || rates[0] != of {
		rates = slices.Insert(rates, 0, of)
	}
	return strings.Join(rates, ", ")
}

// metricsText is each metric with its value, in the order of their names.
func metricsText(prefix string, metrics map[string]float64) string {
	text := ""
	for _, name := range slices.Sorted(maps.Keys(metrics)) {
		text += fmt.Sprintf("  %s%s %.6g", prefix, name, metrics[name])
	}
	return text
}

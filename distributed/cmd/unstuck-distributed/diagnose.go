package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"example.com/unstuck/distributed"
	"example.com/unstuck/pkg/doctor"
	"example.com/unstuck/pkg/exchange/saved"
	"example.com/unstuck/pkg/training"
)

// diagnosing is what the command is asked for.
type diagnosing struct {
	queue  queueFlags
	local  localWorkers
	name   string
	label  string
	into   string
	asJSON bool
	keep   bool
}

func newDiagnoseCommand() *cobra.Command {
	var d diagnosing
	command := &cobra.Command{
		Use:   "diagnose FOLDER...",
		Short: "Examine many trainings, several at once",
		Long: `Examines each folder as unstuck diagnose does, on as many workers of this machine as it has cores, or with --server on those that are there. It
prints a line for each as it comes: its verdict. What can't be read, or not whole, is told by unstuck diagnose of that folder alone. The exit
status is 0 where every folder has a verdict, and else 2.`,
		Args: cobra.MinimumNArgs(1),
		RunE: d.run,
	}
	d.queue.add(command)
	d.local.add(command)
	flags := command.Flags()
	flags.StringVar(&d.name, "name", "", "of these at the queue: what was examined under it is not examined again (default: from what the folders hold)")
	flags.StringVar(&d.label, "needs", "", "a label that a worker must have, such as gpu")
	flags.StringVar(&d.into, "reports", "", "folder for the reports, a .txt and a .json of each")
	flags.BoolVar(&d.asJSON, "json", false, "print a line of JSON for each folder")
	flags.BoolVar(&d.keep, "keep", false, "when interrupted leave what is queued to the workers")
	return command
}

// diagnosed is a folder's line.
type diagnosed struct {
	Folder  string          `json:"folder"`
	Cause   doctor.Cause    `json:"cause,omitempty"`
	Verdict string          `json:"verdict,omitempty"`
	Err     string          `json:"error,omitempty"`
	Seconds float64         `json:"seconds"`
	Report  json.RawMessage `json:"report,omitempty"` // as unstuck diagnose --json has it
}

func (d *diagnosing) run(cmd *cobra.Command, folders []string) error {
	ctx := cmd.Context()
	names, err := reportNames(folders)
	if err != nil {
		return err
	}
	q, err := d.queue.open(ctx, cmd.ErrOrStderr())
	if err != nil {
		return err
	}
	defer q.Close()
	bad := 0
	var failed error
	tell := func(i int, one diagnosed, text string) {
		one.Folder = folders[i]
		if one.Err != "" {
			bad++
		}
		failed = errors.Join(failed, d.write(cmd, names[i], one, text))
	}
	var trainings []training.Training
	var places []int
	for i, folder := range folders {
		t, err := read(folder)
		if err != nil {
			tell(i, diagnosed{Err: err.Error()}, "")
			continue
		}
		trainings, places = append(trainings, t), append(places, i)
	}
	ctx, w, err := d.local.start(ctx, q, &d.queue, d.label, cmd.ErrOrStderr())
	if err != nil {
		return err
	}
	defer w.end()
	err = q.Examine(ctx, trainings, distributed.RunnerOptions{Search: d.name, Label: d.label, Keep: d.keep}, func(e distributed.Examined) {
		one := diagnosed{Cause: e.Cause, Verdict: e.Verdict, Seconds: e.Took.Seconds(), Report: e.Report}
		if e.Err != nil {
			one.Err = e.Err.Error()
		}
		tell(places[e.Index], one, e.Text)
	})
	if err = errors.Join(err, failed); err != nil {
		return err
	}
	if bad > 0 {
		return fmt.Errorf("%d of %d folders have no verdict", bad, len(folders))
	}
	return nil
}

func read(folder string) (training.Training, error) {
	files, err := saved.Find(folder, saved.Files{})
	if err != nil {
		return training.Training{}, err
	}
	t, err := files.Read()
	var partial *training.Partial
	if errors.As(err, &partial) {
		return t, fmt.Errorf("not all of it was understood, unstuck diagnose %s says what can be said: %w", folder, err)
	}
	return t, err
}

func (d *diagnosing) write(cmd *cobra.Command, name string, one diagnosed, text string) error {
	if d.into != "" && one.Err == "" {
		if err := os.MkdirAll(d.into, 0o755); err != nil {
			return err
		}
		path := filepath.Join(d.into, name)
		if err := errors.Join(os.WriteFile(path+".txt", []byte(text), 0o644), os.WriteFile(path+".json", append(one.Report, '\n'), 0o644)); err != nil {
			return err
		}
	}
	if d.asJSON {
		return json.NewEncoder(cmd.OutOrStdout()).Encode(one)
	}
	said := one.Verdict
	if one.Err != "" {
		said = "error: " + one.Err
	}
	_, err := fmt.Fprintf(cmd.OutOrStdout(), "%s: %s\n", one.Folder, said)
	return err
}

package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"sync"

	"github.com/spf13/cobra"

	"example.com/unstuck/distributed"
	"example.com/unstuck/distributed/sweep"
	"example.com/unstuck/pkg/explore"
	"example.com/unstuck/pkg/loop"
	"example.com/unstuck/pkg/training"
)

// trying is what the command is asked for.
type trying struct {
	queue   queueFlags
	local   localWorkers
	name    string
	label   string
	monitor string
	length  int
}

// asked is a line of standard input.
type asked struct {
	Number   int             `json:"number"`
	Settings json.RawMessage `json:"settings"`
	Seed     *int64          `json:"seed"` // nil: the training's own
}

// answered is a line of standard output.
type answered struct {
	Number     int           `json:"number"`
	Score      loop.Number   `json:"score"` // null: it diverged, or has an error
	Loss       []loop.Number `json:"loss"`
	Validation []loop.Number `json:"val_loss,omitempty"`
	Err        string        `json:"error,omitempty"`
	Seconds    float64       `json:"seconds"`
}

func newTrialsCommand() *cobra.Command {
	var t trying
	command := &cobra.Command{
		Use:   "trials FOLDER",
		Short: "Train what another program asks for, line by line (unstuck.optimize of the Python package starts this)",
		Long: `Reads a line of JSON for each trial, {"number": 3, "settings": {"learning_rate": 0.1, "optimizer": "adam"}}, with the names of a sweep's space, and
writes one for each as it ends, {"number": 3, "score": 0.02, "loss": […], "val_loss": […]}. It ends with its input, once all are answered.`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error { return t.run(cmd, args[0]) },
	}
	t.queue.add(command)
	t.local.add(command)
	flags := command.Flags()
	flags.StringVar(&t.name, "name", "trials", "of these at the queue: what was trained under it is not trained again")
	flags.StringVar(&t.label, "needs", "", "a label that a worker must have, such as gpu")
	flags.StringVar(&t.monitor, "monitor", "", "what the score is (default: val_loss, or loss where nothing is validated on)")
	flags.IntVar(&t.length, "epochs", 0, "of each training (default: as the folder says)")
	return command
}

func (t *trying) run(cmd *cobra.Command, folder string) error {
	base, err := read(folder)
	if err != nil {
		return err
	}
	if t.length > 0 {
		base.Epochs = t.length
	}
	ctx := cmd.Context()
	q, err := t.queue.open(ctx, cmd.ErrOrStderr())
	if err != nil {
		return err
	}
	defer q.Close()
	ctx, w, err := t.local.start(ctx, q, &t.queue, t.label, cmd.ErrOrStderr())
	if err != nil {
		return err
	}
	defer w.end()
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	answers := &lines{to: json.NewEncoder(cmd.OutOrStdout()), failed: cancel}
	var trials sync.WaitGroup
	err = eachLine(ctx, cmd.InOrStdin(), func(line []byte) error {
		var a asked
		if err := json.Unmarshal(line, &a); err != nil {
			return fmt.Errorf("%.80q is no trial: %w", line, err)
		}
		trials.Go(func() { answers.write(t.try(ctx, q, base, a)) })
		return nil
	})
	if err != nil {
		cancel(err)
	}
	trials.Wait()
	return context.Cause(ctx)
}

// eachLine reads until the input or ctx ends.
func eachLine(ctx context.Context, from io.Reader, do func([]byte) error) error {
	read, failed := make(chan []byte), make(chan error, 1)
	go func() {
		defer close(read)
		in := bufio.NewScanner(from)
		for in.Scan() {
			select {
			case read <- append([]byte{}, in.Bytes()...):
			case <-ctx.Done():
				failed <- context.Cause(ctx) // whoever sees first that nothing more is read asks why
				return
			}
		}
		failed <- in.Err()
	}()
	for {
		select {
		case <-ctx.Done():
			return context.Cause(ctx)
		case line, open := <-read:
			if !open {
				return <-failed
			}
			if err := do(line); err != nil {
				return err
			}
		}
	}
}

func (t *trying) try(ctx context.Context, q *distributed.Queue, base training.Training, a asked) answered {
	if a.Seed != nil {
		base.Seed = *a.Seed
	}
	out := answered{Number: a.Number, Loss: []loop.Number{}}
	p, err := sweep.PointOf(a.Settings, base)
	if err != nil {
		out.Err = err.Error()
		return out
	}
	table, err := explore.Search(ctx, base, []explore.Point{p}, explore.SearchOptions{
		Monitor: t.monitor, Runner: q.Runner(distributed.RunnerOptions{Search: t.name, Label: t.label, Keep: true}),
	})
	if err != nil {
		out.Err = err.Error()
		return out
	}
	one := table.Rows[0].Trials[0]
	out.Score, out.Loss, out.Validation, out.Err, out.Seconds = loop.Number(one.Score), numbers(one.Loss), numbers(one.Validation), one.Err, one.Duration.Seconds()
	return out
}

// lines writes one answer at a time.
type lines struct {
	mutex  sync.Mutex
	to     *json.Encoder
	failed context.CancelCauseFunc
}

func (l *lines) write(a answered) {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	if err := l.to.Encode(a); err != nil {
		l.failed(err)
	}
}

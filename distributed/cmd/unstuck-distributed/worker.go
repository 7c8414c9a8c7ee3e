package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/spf13/cobra"

	"example.com/unstuck/distributed"
	"example.com/unstuck/pkg/backend"
)

func newWorkerCommand() *cobra.Command {
	var queue queueFlags
	var options distributed.WorkerOptions
	var on string
	var quiet, child bool
	command := &cobra.Command{
		Use:   "worker",
		Short: "Train what sweeps queue, until it is stopped",
		Long: `Takes one training after the other from the queue, trains it and writes its history. Any number of workers may do so, on any number
of machines, and any of them may be killed: what it was at goes to another one after the lease. Ctrl-C or SIGTERM gives it back at once.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			ctx := cmd.Context()
			if child {
				queue.follow = true
				var cancel context.CancelFunc
				ctx, cancel = untilInputEnds(ctx)
				defer cancel()
			}
			b, err := backend.Open(backend.Options{Name: on})
			if err != nil {
				return err
			}
			if on != "" {
				options.Backend = b.Backend
			}
			q, err := queue.open(ctx, cmd.ErrOrStderr())
			if ctx.Err() != nil {
				return nil
			}
			if err != nil {
				return err
			}
			defer q.Close()
			if !quiet {
				fmt.Fprintf(cmd.ErrOrStderr(), "works on %s\n", b.Name())
				options.Told = func(w distributed.Worked) {
					fmt.Fprintf(cmd.ErrOrStderr(), "%s %s in %.2f s %s\n", w.Search, w.ID, w.Took.Seconds(), w.Err)
				}
			}
			if child {
				options.Began = func() { fmt.Fprintln(cmd.OutOrStdout(), "trains") } // which says that this worker is one that can
			}
			err = q.Work(ctx, options)
			if errors.Is(err, context.Canceled) {
				return nil // a worker that is stopped has done what it was asked for
			}
			return err
		},
	}
	queue.add(command)
	flags := command.Flags()
	flags.IntVar(&options.Parallel, "parallel", 1, "trainings at a time")
	flags.StringVar(&on, "backend", "", "xla:cuda, xla:cpu, xla, go or auto (default: GOMLX_BACKEND, else the best there is; for diagnoses go, which is quick on small models)")
	flags.StringSliceVar(&options.Labels, "label", nil, "take trainings with this label too, such as gpu, besides those without")
	flags.IntVar(&options.Tries, "tries", 0, "how often a training is begun whose workers are killed before it is set aside with an error (default: 5)")
	flags.BoolVarP(&quiet, "quiet", "q", false, "tell nothing on standard error")
	flags.BoolVar(&child, "until-input-ends", false, "end when standard input does")
	return command
}

// untilInputEnds is a context that ends with standard input: with the process that started this one, however that ends.
func untilInputEnds(ctx context.Context) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancel(ctx)
	go func() {
		_, _ = io.Copy(io.Discard, os.Stdin) // an error is an end, too
		cancel()
	}()
	return ctx, cancel
}

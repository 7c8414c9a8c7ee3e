package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"example.com/unstuck/distributed"
)

func newServeCommand() *cobra.Command {
	var queue queueFlags
	command := &cobra.Command{
		Use:   "serve",
		Short: "Keep a queue on this machine open until it is stopped",
		Long: `Runs the server of a queue, on localhost alone, for sweeps and workers of this machine. What is queued and what came of it lies in its folder.
For several machines run NATS' own server with JetStream, nats-server, with its own settings for addresses, TLS, accounts and clusters.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			queue.server = ""
			if queue.dir == "" { // else the environment might name another one
				dir, err := distributed.DefaultDir()
				if err != nil {
					return err
				}
				queue.dir = dir
			}
			q, err := queue.open(cmd.Context(), cmd.ErrOrStderr())
			if err != nil {
				return err
			}
			defer q.Close()
			if !q.Here() {
				return fmt.Errorf("another process keeps this queue open already")
			}
			fmt.Fprintln(cmd.ErrOrStderr(), "the queue is open")
			<-cmd.Context().Done()
			return nil
		},
	}
	queue.add(command)
	_ = command.Flags().MarkHidden("server") // it is there
	return command
}

func newCancelCommand() *cobra.Command {
	var queue queueFlags
	command := &cobra.Command{
		Use:   "cancel SEARCH",
		Short: "Take a sweep out of the queue and stop those who train it",
		Args:  cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			q, err := queue.open(cmd.Context(), cmd.ErrOrStderr())
			if err != nil {
				return err
			}
			defer q.Close()
			return q.Cancel(cmd.Context(), args[0])
		},
	}
	queue.add(command)
	return command
}

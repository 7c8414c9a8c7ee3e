// Command unstuck-distributed trains on several processes and machines: unstuck worker and unstuck sweep start it.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"github.com/spf13/cobra"

	"example.com/unstuck/internal/buildversion"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // a second signal ends the program at once
	err := newRootCommand().ExecuteContext(ctx)
	interrupted := ctx.Err() != nil && (err == nil || errors.Is(err, context.Canceled))
	stop()
	switch {
	case interrupted:
		fmt.Fprintln(os.Stderr, "unstuck: interrupted")
		os.Exit(130)
	case err != nil:
		fmt.Fprintln(os.Stderr, "unstuck:", err)
		os.Exit(2)
	}
}

func newRootCommand() *cobra.Command {
	root := &cobra.Command{
		Use:           "unstuck-distributed",
		Short:         "Train on several processes and machines",
		Version:       buildversion.String(),
		SilenceUsage:  true,
		SilenceErrors: true,
	}
	root.AddCommand(newSweepCommand(), newDiagnoseCommand(), newTrialsCommand(), newWorkerCommand(), newServeCommand(), newCancelCommand(), newClearCommand())
	return root
}

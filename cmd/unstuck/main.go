// Command unstuck finds out why a training or validation loss is not moving.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"github.com/spf13/cobra"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := runRoot(ctx, newRootCommand()); err != nil {
		fmt.Fprintln(os.Stderr, "unstuck:", told(ctx, err))
		os.Exit(2)
	}
}

// told is the error in words: where a signal ended the command, that.
func told(ctx context.Context, err error) string {
	if ctx.Err() != nil && errors.Is(err, context.Canceled) {
		return "interrupted"
	}
	return err.Error()
}

// runRoot executes the command. A panic in it is an [internalError].
func runRoot(ctx context.Context, root *cobra.Command) (err error) {
	defer guard(&err)
	return root.ExecuteContext(ctx)
}

func newRootCommand() *cobra.Command {
	root := &cobra.Command{
		Use:           "unstuck",
		Short:         "Find out why a training or validation loss is not moving",
		SilenceUsage:  true,
		SilenceErrors: true,
	}
	root.AddCommand(
		newKernelCommand(),
		newBackendCommand(),
		newDiagnoseCommand(),
		newFitCommand(),
		newPredictCommand(),
		newHistoryCommand(),
	)
	return root
}

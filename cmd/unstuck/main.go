// Command unstuck finds out why a training or validation loss is not moving.
package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"github.com/spf13/cobra"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := newRootCommand().ExecuteContext(ctx); err != nil {
		fmt.Fprintln(os.Stderr, "unstuck:", err)
		os.Exit(2)
	}
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
	)
	return root
}

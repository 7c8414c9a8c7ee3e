// Command unstuck finds out why a training or validation loss is not moving.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"

	"github.com/spf13/cobra"

	"example.com/unstuck/internal/buildversion"
)

func main() {
	ctx, stop := untilSignal(context.Background())
	status := executed(ctx, newRootCommand())
	stop()
	os.Exit(status)
}

// executed runs the command and tells of its error, for --json in JSON on standard output. It gives the exit status.
func executed(ctx context.Context, root *cobra.Command) int {
	err := runRoot(ctx, root)
	if err == nil {
		return 0
	}
	var v verdictStatus
	if errors.As(err, &v) { // the report has said it all
		return int(v)
	}
	if wantsJSON(root, os.Args[1:]) && !errors.As(err, &said{}) {
		_ = writeJSON(root.OutOrStdout(), "error", errorDocument(ctx, err))
	}
	fmt.Fprintln(root.ErrOrStderr(), "unstuck:", told(ctx, err))
	return failureStatus(ctx)
}

// told is the error in words: where a signal ended the command, that.
func told(ctx context.Context, err error) string {
	if ctx.Err() != nil && errors.Is(err, context.Canceled) {
		return "interrupted"
	}
	return pathInWords(err)
}

// runRoot executes the command. A panic in it is an [internalError].
func runRoot(ctx context.Context, root *cobra.Command) (err error) {
	defer guard(&err)
	if is, err := forwarded(root, os.Args[1:]); is {
		return err
	}
	return root.ExecuteContext(ctx)
}

func newRootCommand() *cobra.Command {
	root := &cobra.Command{
		Use:           "unstuck",
		Short:         "Find out why a training or validation loss is not moving",
		Version:       buildversion.String(),
		SilenceUsage:  true,
		SilenceErrors: true,
	}
	root.SetVersionTemplate("{{.Name}} {{.Version}}\n")
	root.SetFlagErrorFunc(func(_ *cobra.Command, err error) error { return usageError{err} })
	root.AddCommand(
		newKernelCommand(),
		newBackendCommand(),
		newDiagnoseCommand(),
		newFitCommand(),
		newPredictCommand(),
		newHistoryCommand(),
		newExplainCommand(),
		newMCPCommand(),
	)
	root.AddCommand(newDistributedCommands()...)
	return root
}

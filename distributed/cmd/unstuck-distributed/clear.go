package main

import (
	"fmt"
	"maps"
	"os"
	"slices"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"example.com/unstuck/distributed"
	"example.com/unstuck/distributed/sweep"
)

func newClearCommand() *cobra.Command {
	var queue queueFlags
	var all bool
	command := &cobra.Command{
		Use:   "clear [FILE|NAME...]",
		Short: "Take results that nobody needs any more out of the queue",
		Long: `Takes the results of sweeps out of the queue, named by their files or their names there, and the data that nothing needs any more. Without any it lists
what there is. The .jsonl beside a sweep's file stays. Don't submit anything meanwhile: its data may look unused.`,
		RunE: func(cmd *cobra.Command, args []string) error {
			q, err := queue.open(cmd.Context(), cmd.ErrOrStderr())
			if err != nil {
				return err
			}
			defer q.Close()
			there, err := q.Searches(cmd.Context())
			if err != nil {
				return err
			}
			if all {
				args = append(args, slices.Sorted(maps.Keys(there))...)
			}
			if len(args) == 0 {
				return list(cmd, there)
			}
			for _, one := range args {
				if err := clearOne(cmd, q, one); err != nil {
					return err
				}
			}
			return nil
		},
	}
	queue.add(command)
	command.Flags().BoolVar(&all, "all", false, "all that there are")
	return command
}

func list(cmd *cobra.Command, there map[string]int) error {
	out := tabwriter.NewWriter(cmd.OutOrStdout(), 0, 0, 2, ' ', 0)
	fmt.Fprintln(out, "name\tresults")
	for _, name := range slices.Sorted(maps.Keys(there)) {
		fmt.Fprintf(out, "%s\t%d\n", name, there[name])
	}
	return out.Flush()
}

// clearOne clears what a sweep's file is called at the queue, or a name.
func clearOne(cmd *cobra.Command, q *distributed.Queue, name string) error {
	if info, err := os.Stat(name); err == nil && info.Mode().IsRegular() {
		name = sweep.Plan{Path: name}.Name()
	}
	c, err := q.Clear(cmd.Context(), name)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(cmd.OutOrStdout(), "%s: %d results and %d arrays, %s freed\n", name, c.Results, c.Data, sizeText(c.Bytes))
	return err
}

func sizeText(bytes uint64) string {
	if bytes < 1e6 {
		return fmt.Sprintf("%.0f KB", float64(bytes)/1e3)
	}
	return fmt.Sprintf("%.1f MB", float64(bytes)/1e6)
}

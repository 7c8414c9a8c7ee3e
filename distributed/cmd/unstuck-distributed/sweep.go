package main

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/spf13/cobra"

	"example.com/unstuck/distributed"
	"example.com/unstuck/distributed/sweep"
	"example.com/unstuck/pkg/explore"
)

// sweeping is what the command is asked for.
type sweeping struct {
	queue   queueFlags
	local   localWorkers
	name    string
	label   string
	journal string
	asJSON  bool
	keep    bool
	quiet   bool
	page    string
}

func newSweepCommand() *cobra.Command {
	var s sweeping
	command := &cobra.Command{
		Use:   "sweep FILE",
		Short: "Train a model with many settings and say which are best",
		Long: `FILE says in YAML or JSON what is tried (distributed/README.md):

  training: my-folder            # as unstuck fit takes it
  space:
    learning_rate: {from: 1e-4, to: 1, count: 9}
    optimizer: [sgd, adam]
  search: {grid: true}           # or {random: 50}, or {halving: {first: 2}}
  seeds: [1, 2, 3]
  goal: {monitor: val_loss}

Trains on as many workers of this machine as it has cores, or with --server on those that are there. What was done is kept beside FILE: the same
command goes on where it was stopped or killed.`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error { return s.run(cmd, args[0]) },
	}
	s.queue.add(command)
	flags := command.Flags()
	s.local.add(command)
	flags.StringVar(&s.name, "name", "", "of the sweep at the queue (default: from FILE's path)")
	flags.StringVar(&s.label, "needs", "", "a label that a worker must have, such as gpu")
	flags.StringVar(&s.journal, "results", "", "file that keeps what was done (default: FILE with .jsonl behind it)")
	flags.StringVar(&s.page, "page", "", "serve a page that shows the sweep while it goes on, at host:port; :0 is a free port of this machine alone")
	flags.BoolVar(&s.keep, "keep", false, "when interrupted leave what is queued to the workers")
	flags.BoolVar(&s.asJSON, "json", false, "print the table as JSON")
	flags.BoolVarP(&s.quiet, "quiet", "q", false, "tell nothing on standard error")
	return command
}

func (s *sweeping) run(cmd *cobra.Command, path string) error {
	plan, err := sweep.Read(path)
	if err != nil {
		return err
	}
	if s.journal == "" {
		s.journal = path + ".jsonl"
	}
	if s.name == "" {
		s.name = plan.Name()
	}
	ctx := cmd.Context()
	p := newProgress(cmd.ErrOrStderr(), plan.Monitor(), plan.File.Goal.Highest)
	if s.quiet {
		p = nil
	}
	q, err := s.queue.open(ctx, p)
	if err != nil {
		return err
	}
	defer q.Close()
	ctx, w, err := s.local.start(ctx, q, &s.queue, s.label, p)
	if err != nil {
		return err
	}
	defer w.end()
	page := plan.NewPage()
	if s.page != "" {
		url, stop, err := page.Listen(s.page)
		if err != nil {
			return err
		}
		defer stop()
		fmt.Fprintln(cmd.ErrOrStderr(), "the sweep is shown on", url)
	}
	if p != nil {
		watching, stop := context.WithCancel(ctx)
		defer stop()
		go watchSilent(watching, q, p.waits)
	}
	table, enough, err := plan.Run(ctx, sweep.Options{
		Runner:  q.Runner(distributed.RunnerOptions{Search: s.name, Label: s.label, Keep: s.keep}),
		Journal: s.journal,
		Progress: func(done, all int, t explore.Trial) {
			p.trial(done, all, t)
			page.Add(all, t)
		},
		Known: func(trials []explore.Trial) {
			p.known(trials)
			for _, t := range trials {
				page.Add(plan.Trials(), t)
			}
		},
		Round: func(epochs int, t explore.Table) {
			p.round(epochs, t)
			if epochs < plan.Training.Epochs {
				page.Again()
			}
		},
	})
	p.end()
	page.End()
	if len(table.Rows) > 0 {
		if failed := s.print(cmd, table, enough); failed != nil {
			return failed
		}
	}
	return err
}

func (s *sweeping) print(cmd *cobra.Command, table explore.Table, enough bool) error {
	if s.asJSON {
		return json.NewEncoder(cmd.OutOrStdout()).Encode(newTableDocument(table, enough))
	}
	out := cmd.OutOrStdout()
	if enough {
		fmt.Fprintln(out, "A trial reached what is enough; the others were left.")
	}
	if _, err := fmt.Fprint(out, table.String()); err != nil {
		return err
	}
	best, ok := table.Best()
	if !ok {
		fmt.Fprintln(out, "No trial has a finite score.")
		return nil
	}
	_, err := fmt.Fprintf(out, "\nBest: %s, %s %.4g\n", settingsText(best.Settings), table.Monitor, best.Score)
	return err
}

package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"time"
)

// settings are the command's flags.
type settings struct {
	rounds         int
	quick          bool
	only, programs string // names separated by commas; empty: all
	python, json   string
	before         string // a commit; empty: none
}

// run builds the programs, measures, and writes the JSON.
func run(ctx context.Context, s settings, progress io.Writer) (*Results, error) {
	folder, err := os.MkdirTemp("", "bench-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(folder)
	if err := build(ctx, folder); err != nil {
		return nil, err
	}
	older, err := before(ctx, folder, s.before)
	if err != nil {
		return nil, err
	}
	programs, notes := present(ctx, chosen(append(programsIn(folder, s.python), older...), s.programs, program.name))
	results := newResults(notes)
	chosenTasks := chosen(tasks, s.only, func(t task) string { return t.name })
	if len(programs) == 0 || len(chosenTasks) == 0 {
		return nil, fmt.Errorf("nothing to measure: no program is there that -programs %q names, or no task is named by -tasks %q", s.programs, s.only)
	}
	for _, t := range chosenTasks {
		if err := measureTask(ctx, t.sized(s), programs, s, results, progress); err != nil {
			return nil, err
		}
	}
	results.Finished = time.Now()
	return results, results.write(s.json)
}

// measureTask measures one task with every program, round by round; every second round in reverse order.
func measureTask(ctx context.Context, t task, programs []program, s settings, results *Results, progress io.Writer) error {
	rounds := t.rounds(s)
	for round := range rounds {
		order := slices.Clone(programs)
		if round%2 == 1 {
			slices.Reverse(order)
		}
		for _, p := range order {
			if results.failed(t.name, p.Name) || slices.Contains(t.not, p.Name) {
				continue
			}
			for _, kind := range t.kinds {
				if results.slow(t.name, p.Name, kind) || p.again && kind != cold {
					continue
				}
				if p.again {
					p.measure(ctx, t, kind, s.quick) // what fails here fails below, and is told there
				}
				sample, err := p.measure(ctx, t, kind, s.quick)
				if ctx.Err() != nil {
					return ctx.Err()
				}
				results.add(t, p, kind, sample, err)
				if err != nil {
					fmt.Fprintf(progress, "%s, %s: %v\n", t.name, p.Title, err)
					break
				}
				fmt.Fprintf(progress, "%s, %s, %s, round %d of %d: %.4g s, %.0f MiB\n",
					t.name, p.Title, kind, round+1, rounds, sample.Seconds, sample.MiB)
			}
		}
	}
	return nil
}

// chosen keeps those of all whose names are listed; an empty list keeps all.
func chosen[T any](all []T, list string, name func(T) string) []T {
	if list == "" {
		return all
	}
	names := strings.Split(list, ",")
	return slices.DeleteFunc(slices.Clone(all), func(t T) bool { return !slices.Contains(names, name(t)) })
}

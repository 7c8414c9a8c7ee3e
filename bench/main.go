// Command bench measures this project and its peers side by side: the same trainings, each in processes of
// its own, in alternating rounds so that whatever else the machine does hits all alike. It prints a table
// of medians as ratios, in Markdown, and writes every number as JSON.
//
//	make bench-peers   installs the peers (once)
//	make bench         measures; bench/results.json holds the numbers
//
// A peer that isn't installed is left out, with a note.
package main

import (
	"context"
	"flag"
	"fmt"
	"log"
	"os"
	"os/signal"
)

func main() {
	var s settings
	flag.IntVar(&s.rounds, "rounds", 5, "rounds; sweep and MLP are measured in about half as many")
	flag.BoolVar(&s.quick, "quick", false, "one round of little data, to try it out; its numbers mean nothing")
	flag.StringVar(&s.only, "tasks", "", "tasks to measure, separated by commas; empty: all")
	flag.StringVar(&s.programs, "programs", "", "programs to measure, separated by commas; empty: all that are there")
	flag.StringVar(&s.python, "python", ".lab/peers/bin/python", "Python that has the peers")
	flag.StringVar(&s.before, "before", "", "a commit whose program is measured too, to see what has changed since; empty: none")
	flag.StringVar(&s.json, "json", "bench/results.json", "where the numbers go")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	r, err := run(ctx, s, os.Stderr)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Print(r.Markdown())
}

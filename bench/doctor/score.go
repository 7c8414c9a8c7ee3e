package main

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"time"

	"example.com/unstuck/pkg/doctor"
	"example.com/unstuck/pkg/exchange/saved"
)

// score counts over the cases of a folder.
type score struct {
	faults, top1      int
	healthy, quiet    int
	curable, verified int
	lifted            int // of all faults
	times             []time.Duration
	wrong             []string
	flawed            int // reports that say something against themselves
}

func run(ctx context.Context, folder string, only map[string]bool, verbose bool) error {
	labels, all, err := readLabels(folder)
	if err != nil {
		return err
	}
	var s score
	for _, id := range all {
		if only != nil && !only[id] {
			continue
		}
		files, err := saved.Find(filepath.Join(folder, id), saved.Files{})
		if err != nil {
			return err
		}
		c, err := files.Read()
		if err != nil {
			return err
		}
		options := doctor.Options{}
		if verbose {
			options.Progress = func(what string) { fmt.Println("    ", what) }
		}
		began := time.Now()
		r, err := doctor.Examine(ctx, c, options)
		if err != nil {
			return fmt.Errorf("%s: %w", id, err)
		}
		s.add(id, labels[id], r, time.Since(began))
	}
	fmt.Print(s.summary(folder))
	return nil
}

func (s *score) add(id string, l label, r *doctor.Report, took time.Duration) {
	s.times = append(s.times, took)
	right := slices.Contains(l.Accept, string(r.Cause))
	proved := len(r.Findings) > 0 && r.Findings[0].Verified
	lifts := proved && r.Findings[0].After > 0.5
	switch {
	case l.healthy():
		s.healthy++
		if right = len(r.Findings) == 0; right {
			s.quiet++
		}
	default:
		s.faults++
		if right {
			s.top1++
		}
		if lifts {
			s.lifted++
		}
		if l.curable() {
			s.curable++
			if proved {
				s.verified++
			}
		}
	}
	flaws := r.AgainstItself()
	for _, f := range flaws {
		fmt.Printf("!  %-6s %s\n", id, f)
	}
	if len(flaws) > 0 {
		s.flawed++
	}
	mark := "  "
	if !right {
		mark = "✗ "
		s.wrong = append(s.wrong, id)
	}
	treatment := ""
	if len(r.Findings) > 0 {
		treatment = r.Findings[0].Treatment.Text
	}
	fmt.Printf("%s%-6s %-25s %-25s %8.3g → %-8.3g %-5v %2d tried %6.1f s  %s\n", mark, id, l.Cause, r.Cause,
		r.ExplainedBefore(), r.ExplainedAfter(), proved, len(r.Attempts), took.Seconds(), treatment)
}

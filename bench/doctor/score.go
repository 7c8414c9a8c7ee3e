package main

import (
	"context"
	"fmt"
	"io"
	"slices"
	"time"

	"example.com/unstuck/pkg/doctor"
)

// score counts over the cases of a set.
type score struct {
	name              string
	width             int // of the column of names
	faults            int
	named, top1       int // the cause is among the findings; it is the verdict
	healthy, quiet    int
	curable, verified int
	lifted            int // of all faults
	times             []time.Duration
	missed            []miss
	flawed            int // reports that say something against themselves
}

// miss is a case whose verdict is wrong.
type miss struct {
	ID      string   `json:"id"`
	Label   string   `json:"label"`
	Accept  []string `json:"accept"`
	Verdict string   `json:"verdict"`
}

func (s set) score(ctx context.Context, w io.Writer, only map[string]bool, verbose bool) (*score, error) {
	sum := &score{name: s.name}
	for _, it := range s.items {
		if only == nil || only[it.id] {
			sum.width = max(sum.width, len(it.id))
		}
	}
	if sum.width > 0 {
		sum.width = max(sum.width, len("case"))
		fmt.Fprintf(w, "  %-*s %-25s %-25s %8s → %-8s %-6s %5s %7s  %s\n", sum.width, "case", "label", "verdict", "before", "after", "proved", "tried", "seconds", "treatment")
	}
	for _, it := range s.items {
		if only != nil && !only[it.id] {
			continue
		}
		c, err := it.read()
		if err != nil {
			return nil, err
		}
		options := doctor.Options{Observed: it.observed}
		if verbose {
			options.Progress = func(what string) { fmt.Fprintln(w, "    ", what) }
		}
		began := time.Now()
		r, err := doctor.Examine(ctx, c, options)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", it.id, err)
		}
		sum.add(w, it.id, it.label, r, time.Since(began))
	}
	return sum, nil
}

func (s *score) add(w io.Writer, id string, l label, r *doctor.Report, took time.Duration) {
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
		if right || slices.ContainsFunc(r.Findings, func(f doctor.Finding) bool { return slices.Contains(l.Accept, string(f.Cause)) }) {
			s.named++
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
		fmt.Fprintf(w, "! %s %s\n", id, f)
	}
	if len(flaws) > 0 {
		s.flawed++
	}
	mark := "  "
	if !right {
		mark = "✗ "
		s.missed = append(s.missed, miss{id, l.Cause, l.Accept, string(r.Cause)})
	}
	treatment := ""
	if len(r.Findings) > 0 {
		treatment = r.Findings[0].Treatment.Text
	}
	fmt.Fprintf(w, "%s%-*s %-25s %-25s %8.3g → %-8.3g %-6v %5d %7.1f  %s\n", mark, s.width, id, l.Cause, r.Cause,
		r.ExplainedBefore(), r.ExplainedAfter(), proved, len(r.Attempts), took.Seconds(), treatment)
}

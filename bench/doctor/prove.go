package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"

	"example.com/unstuck/bench/doctor/cases"
	"example.com/unstuck/pkg/backend"
	"example.com/unstuck/pkg/fit"
)

const labelsFile = "bench/doctor/cases/labels.json"

// prove proves the labels of a split's cases without the doctor and writes them down; also looks for other causes that are right as well.
func prove(ctx context.Context, w io.Writer, split cases.Split, only map[string]bool, also bool) error {
	b, err := backend.Open(backend.Options{Name: "go"})
	if err != nil {
		return err
	}
	text, err := os.ReadFile(labelsFile)
	if err != nil {
		return fmt.Errorf("%w: run it in the repository's root", err)
	}
	labels := map[string]cases.Label{} // those in the file, which another split's proof may have written since this was built
	if err := json.Unmarshal(text, &labels); err != nil {
		return fmt.Errorf("%s: %w", labelsFile, err)
	}
	failed := 0
	for _, c := range cases.All(split) {
		if only != nil && !only[c.ID] {
			continue
		}
		p, err := cases.Prove(ctx, c, fit.Options{Backend: b.Backend})
		if err != nil {
			return fmt.Errorf("%s: %w", c.ID, err)
		}
		mark := "  "
		if !p.Holds(c) {
			mark = "✗ "
			failed++
		}
		others := labels[c.ID].Also
		if also && p.Holds(c) && c.Cause != cases.Healthy && c.Observed == nil {
			if others, err = cases.Also(ctx, c, fit.Options{Backend: b.Backend}); err != nil {
				return fmt.Errorf("%s: %w", c.ID, err)
			}
		}
		labels[c.ID] = cases.LabelOf(p, others)
		fmt.Fprintf(w, "%s%-37s %-48s %6.3f → %6.3f %v\n", mark, c.ID, c.Family, p.Stuck, p.Cured, others)
	}
	if text, err = json.Marshal(labels); err != nil {
		return err
	}
	if err := os.WriteFile(labelsFile, append(text, '\n'), 0o644); err != nil {
		return err
	}
	if failed > 0 {
		return errors.New("not every label is proved")
	}
	return nil
}

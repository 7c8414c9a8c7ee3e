package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"time"
)

// sample is one measurement.
type sample struct {
	Seconds float64
	MiB     float64 // the process's largest resident set
	Loss    float64 // of the last epoch
	answer  answer
}

// answer is the line that a program prints.
type answer struct {
	Seconds  []float64         `json:"seconds"` // of each fit; the first includes what is compiled
	Losses   []float64         `json:"losses"`  // of each fit's last epoch
	Versions map[string]string `json:"versions"`
}

// measure runs the program once. What it takes to start the process and to end it is part of a cold number.
func (p program) measure(ctx context.Context, t task, k kind, quick bool) (sample, error) {
	args := append(slices.Clone(p.command[1:]), "-task", t.name, "-fits", strconv.Itoa(t.fits(k)))
	if quick {
		args = append(args, "-rows", strconv.Itoa(t.quickRows))
	}
	c := exec.CommandContext(ctx, p.command[0], args...)
	c.Env = p.env()
	var out, errs bytes.Buffer
	c.Stdout, c.Stderr = &out, &errs
	began := time.Now()
	err := c.Run()
	took := time.Since(began)
	if err != nil {
		return sample{}, fmt.Errorf("%w: %s", err, lastLine(errs.String()))
	}
	var a answer
	if err := json.Unmarshal([]byte(lastLine(out.String())), &a); err != nil || len(a.Seconds) == 0 || len(a.Losses) == 0 {
		return sample{}, fmt.Errorf("no readable answer: %q", out.String())
	}
	s := sample{MiB: peakMiB(c.ProcessState), Loss: a.Losses[0], answer: a}
	switch k {
	case cold:
		s.Seconds = took.Seconds()
	case warm:
		s.Seconds = median(a.Seconds[1:])
	default:
		s.Seconds = a.Seconds[0]
	}
	return s, nil
}

func lastLine(text string) string {
	lines := strings.Split(strings.TrimSpace(text), "\n")
	return lines[len(lines)-1]
}

// median of values, which may be empty: 0.
func median(values []float64) float64 {
	if len(values) == 0 {
		return 0
	}
	sorted := slices.Sorted(slices.Values(values))
	n := len(sorted)
	return (sorted[(n-1)/2] + sorted[n/2]) / 2
}

package main

import (
	"context"
	"errors"
	"fmt"
	"syscall"

	"github.com/spf13/cobra"

	"example.com/unstuck/pkg/curve"
	"example.com/unstuck/pkg/doctor"
	"example.com/unstuck/pkg/loop"
)

// The exit statuses of --exit-code, beside 0 for what is healthy.
const (
	failed   = 2 // with and without --exit-code: input that can't be used, or not all of it
	cured    = verdictStatus(10)
	stuck    = verdictStatus(11)
	cantTell = verdictStatus(12)
)

// verdictStatus is the exit status of a verdict, as an error: nothing has failed.
type verdictStatus int

// Error implements error.
func (v verdictStatus) Error() string { return fmt.Sprintf("exit status %d", int(v)) }

// said is an error whose result was printed already: there is nothing more to print as JSON.
type said struct{ error }

// Unwrap gives the error itself.
func (s said) Unwrap() error { return s.error }

// failureStatus is the exit status of an error; where a signal ended the command, 128 and its number, as shells have it.
func failureStatus(ctx context.Context) int {
	var s signalled
	if errors.As(context.Cause(ctx), &s) {
		if n, ok := s.Signal.(syscall.Signal); ok {
			return 128 + int(n)
		}
	}
	return failed
}

const exitCodeHelp = "exit with 0 if healthy, 10 if stuck and cured by a treatment, 11 if stuck, 12 if undecided"

func exitCodeFlag(command *cobra.Command, to *bool) {
	command.Flags().BoolVar(to, "exit-code", false, exitCodeHelp)
}

// of is the status as an error; nil for 0.
func (v verdictStatus) err() error {
	if v == 0 {
		return nil
	}
	return v
}

// trainingStatus is that of a diagnosis.
func trainingStatus(r *doctor.Report) verdictStatus {
	switch {
	case r.Cause == doctor.Healthy:
		return 0
	case r.Interrupted, r.Cause == doctor.Undecided:
		return cantTell
	case len(r.Findings) > 0 && r.Findings[0].Verified:
		return cured
	}
	return stuck
}

// loopStatus is that of a recorded loop; of a correct one that of model and data, where they were to be examined.
func loopStatus(r loopResult, loopOnly bool) verdictStatus {
	switch {
	case r.Cause == loop.Undecided && (r.Training == nil || trainingStatus(r.Training) == 0):
		return cantTell
	case (r.Cause == loop.Correct || r.Cause == loop.Undecided) && r.Training != nil:
		return trainingStatus(r.Training)
	case r.Cause == loop.Correct && loopOnly:
		return 0
	case r.Cause == loop.Correct:
		return cantTell
	case r.Proof != nil && r.Proof.Proves():
		return cured
	}
	return stuck
}

// curveStatus is that of a log, whose numbers show whether a loss moves and never whether all is well: 0 says that every loss in
// it fell.
func curveStatus(r *curve.Report) verdictStatus {
	status := verdictStatus(0)
	for _, c := range []*curve.Curve{r.Training, r.Validation} {
		if c == nil {
			continue
		}
		switch c.Shape {
		case curve.StillFalling, curve.FellThenFlat:
		case curve.TooShort:
			status = max(status, cantTell)
		default:
			return stuck
		}
	}
	return status
}

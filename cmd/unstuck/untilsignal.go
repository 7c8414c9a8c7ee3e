package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"
)

// signalled is why a context ended: somebody pressed Ctrl-C, or ends the program.
type signalled struct{ os.Signal }

// Error implements error.
func (s signalled) Error() string { return "interrupted" }

// untilSignal is a context that the first signal ends, with [signalled] as its cause. The second one ends the program at once.
func untilSignal(parent context.Context) (context.Context, func()) {
	ctx, cancel := context.WithCancelCause(parent)
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	go func() {
		defer signal.Stop(signals) // the next has the effect that it has in any program
		select {
		case s := <-signals:
			signal.Stop(signals)
			cancel(signalled{s})
		case <-ctx.Done():
		}
	}()
	return ctx, func() { cancel(nil) }
}

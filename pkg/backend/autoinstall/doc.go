// Package autoinstall downloads GoMLX's own XLA plugin for the CPU where none is installed yet:
//
//	b, err := backend.Open(backend.Options{Install: autoinstall.CPU})
//
// It is apart from package backend because it brings an HTTP client into the program: a notebook's cell, which never
// downloads anything, is linked faster without. `unstuck backend install` does the same from a terminal. Inside the
// project `make lab` installs the plugin that the project pins, and this package isn't needed.
package autoinstall

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"
)

// CPU downloads GoMLX's plugin for the CPU, about 60 MB, from its releases on GitHub into the folder library, which it makes. A plugin
// of that version that is there already is left alone. It fails within 8 seconds where the server doesn't answer, after
// 5 minutes at most, when ctx is canceled, and in a program without XLA.
//
// The installer knows no context: after a failure in time it goes on in the background until its own time-outs. It moves
// files into place in one step, so what it leaves is whole.
func CPU(ctx context.Context, library string) error { return install(ctx, library) }

// within abandons f after the limit, or when ctx is canceled, and turns its panic into an error. An error has one line.
func within(ctx context.Context, limit time.Duration, f func() error) error {
	ctx, cancel := context.WithTimeoutCause(ctx, limit, fmt.Errorf("no answer within %v", limit))
	defer cancel()
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	done := make(chan error, 1)
	go func() {
		defer func() {
			if p := recover(); p != nil {
				done <- fmt.Errorf("%v", p)
			}
		}()
		done <- f()
	}()
	select {
	case err := <-done:
		if err == nil {
			return nil
		}
		line, _, _ := strings.Cut(err.Error(), "\n")
		return errors.New(line)
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

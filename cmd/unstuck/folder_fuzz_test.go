//go:build unix

package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"runtime"
	"runtime/debug"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"example.com/unstuck/pkg/doctor"
)

// What the command may cost. Its own limit of memory is an estimate of what is held at once; until the collector has
// run, the heap holds up to as much again.
const (
	memoryFlag   = "0.0625"  // GiB
	memoryLimit  = 64 << 20  // bytes, the same
	memoryFixed  = 128 << 20 // bytes: what a file of some kB may cost to read, and what the test holds
	cancelled    = 500 * time.Millisecond
	slack        = 1500 * time.Millisecond // for a machine that has other things to do
	background   = 60 * time.Second        // for a step that can't be interrupted, on such a machine
	longestError = 4 << 10                 // bytes
)

// FuzzFolder lets diagnose and fit loose on whole folders. Each must end with a result or an error that says what is
// wrong, when its context does, within its memory, and leave nothing running.
func FuzzFolder(f *testing.F) {
	f.Setenv("GOMLX_BACKEND", "go")
	addFolders(f)
	warmed := false
	f.Fuzz(func(t *testing.T, choices []byte, config, data, settings string) {
		if len(choices)+len(config)+len(data)+len(settings) > 1<<20 {
			t.Skip("the readers' own targets have large files")
		}
		if !warmed { // what stays for good, such as a pool of workers, is there before goroutines are counted
			letLoose(t, cook(t, nil, "", "", ""))
			warmed = true
		}
		letLoose(t, cook(t, choices, config, data, settings))
	})
}

// letLoose runs the command and judges how it ends.
func letLoose(t *testing.T, f folder) {
	var stdout bytes.Buffer
	root := newRootCommand()
	root.SetOut(&stdout)
	root.SetErr(io.Discard)
	root.SetArgs(f.args)
	ctx, cancel := context.WithTimeout(context.Background(), f.deadline)
	defer cancel()

	// Compiled programs of earlier folders stay in the process, and let as much garbage lie as they take: neither is this one's.
	defer debug.SetGCPercent(debug.SetGCPercent(20))
	runtime.GC()
	before := runtime.NumGoroutine()
	w := startWatch()
	began := time.Now()
	err := runRoot(ctx, root)
	took := time.Since(began)
	cancel()
	settled(t, before+1, background) // with the watch, which sees what goes on in the background too
	w.end()

	t.Logf("%v: %d MiB of heap, %v: %.300v", f.args, w.heap>>20, took, err)
	assert.Less(t, took, f.deadline+cancelled+slack+2*w.late, "%v, the context ended after %v, the machine was up to %v late", f.args, f.deadline, w.late)
	assert.Less(t, w.heap, uint64(memoryFixed+2*memoryLimit), "%v: %d MiB of heap", f.args, w.heap>>20)
	if err == nil {
		if f.args[0] == "diagnose" && contains(f.args, "--json") {
			require.True(t, json.Valid(stdout.Bytes()), "%s", stdout.Bytes())
		}
		return
	}
	judgeError(t, err)
}

// judgeError fails the test when an error is a fault of the program, or one that helps nobody.
func judgeError(t *testing.T, err error) {
	var ours *internalError
	var doctors *doctor.InternalError
	var runtimes runtime.Error
	var unsupported *json.UnsupportedValueError
	text := err.Error()
	switch {
	case errors.As(err, &ours), errors.As(err, &doctors), errors.As(err, &runtimes), errors.As(err, &unsupported):
		t.Fatalf("a fault of the program: %v", err)
	case strings.Contains(text, "runtime error"), strings.Contains(text, "goroutine "):
		t.Fatalf("a fault of the program: %v", err)
	case strings.TrimSpace(text) == "", len(text) > longestError:
		t.Fatalf("an error of %d bytes: %.1000q", len(text), text)
	}
}

func contains(args []string, arg string) bool {
	for _, a := range args {
		if a == arg {
			return true
		}
	}
	return false
}

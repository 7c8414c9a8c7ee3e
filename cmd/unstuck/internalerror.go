package main

import (
	"fmt"
	"runtime/debug"
)

// internalError is a fault of this program and not of what it was given: a panic that nothing else has caught.
type internalError struct {
	value any    // what was panicked with
	stack []byte // where, for a report
}

// Error says what happened and what to do.
func (e *internalError) Error() string {
	return fmt.Sprintf("a fault of this program, not of your input: %v. Please report it with the command line, the files that it read and this:\n%s", e.value, e.stack)
}

// Unwrap gives the error that was panicked with, if it was one.
func (e *internalError) Unwrap() error {
	err, _ := e.value.(error)
	return err
}

// guard turns a panic into an [internalError]; to be deferred.
func guard(err *error) {
	if p := recover(); p != nil {
		*err = &internalError{value: p, stack: debug.Stack()}
	}
}

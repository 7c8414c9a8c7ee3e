// Package border is where an exported call that takes long, or reads what others wrote, ends: it answers a cancel in time and
// lets no panic through.
package border

import (
	"fmt"
	"runtime/debug"
)

// InternalError is a fault of this project and not of what it was given: a panic, caught at its border.
type InternalError struct {
	Value any    // what was panicked with
	Stack []byte // where, for a report
}

// Error says what happened and what to do.
func (e *InternalError) Error() string {
	return fmt.Sprintf("a fault of this program, not of your training: %v. Please report it with the model, fit.json, the data's first rows and this:\n%s", e.Value, e.Stack)
}

// guard turns a panic into an [InternalError]; to be deferred.
func guard(err *error) {
	if p := recover(); p != nil {
		*err = &InternalError{Value: p, Stack: debug.Stack()}
	}
}

package replica

import (
	"errors"
	"fmt"

	"github.com/gomlx/compute"
)

// UnsupportedError tells that something can't be computed for several replicas at once.
type UnsupportedError struct {
	Op string // what can't, in a word or two
}

// Error says what can't be done.
func (e *UnsupportedError) Error() string {
	return fmt.Sprintf("%s can't be computed for several replicas at once", e.Op)
}

// Unwrap is GoMLX's error for what a backend can't do, for which it may know another way.
func (e *UnsupportedError) Unwrap() error { return compute.ErrNotImplemented }

// Unsupported is the first [UnsupportedError] in err; false where there is none.
func Unsupported(err error) (*UnsupportedError, bool) {
	var e *UnsupportedError
	ok := errors.As(err, &e)
	return e, ok
}

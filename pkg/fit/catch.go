package fit

import (
	"errors"
	"fmt"
)

// catch calls f, which builds a graph, and returns what it panics with as an error. Model functions may
// panic with anything.
func catch(f func()) (err error) {
	defer func() {
		switch p := recover().(type) {
		case nil:
		case error:
			err = p
		default:
			err = fmt.Errorf("%v", p)
		}
	}()
	f()
	return nil
}

// named puts the name of a loss or metric on what its function panics with.
func named(kind, name string, f func()) {
	if err := catch(f); err != nil {
		panic(fmt.Errorf("%s %q: %w", kind, name, withoutStack(err)))
	}
}

// withoutStack drops the stack trace that GoMLX's errors print.
func withoutStack(err error) error {
	if _, ok := err.(fmt.Formatter); ok {
		return errors.New(err.Error())
	}
	return err
}

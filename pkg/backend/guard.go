package backend

import "fmt"

// guard calls f and turns a panic into an error: GoMLX and its backends panic on bad configurations, and no
// panic crosses this package's border.
func guard(f func() error) (err error) {
	defer func() {
		if r := recover(); r != nil {
			if e, ok := r.(error); ok {
				err = fmt.Errorf("unexpected failure: %w", e)
				return
			}
			err = fmt.Errorf("unexpected failure: %v", r)
		}
	}()
	return f()
}

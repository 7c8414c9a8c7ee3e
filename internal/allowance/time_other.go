//go:build !unix

package allowance

import "time"

var began = time.Now()

// processorTime is the time that has passed, where the system has no better number.
func processorTime() time.Duration { return time.Since(began) }

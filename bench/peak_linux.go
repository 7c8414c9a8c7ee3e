package main

import (
	"os"
	"syscall"
)

// peakMiB is the largest resident set that the process had. Linux counts the moment between fork and exec,
// too, so that it is never less than this program's own, about 10 MiB.
func peakMiB(p *os.ProcessState) float64 {
	if usage, ok := p.SysUsage().(*syscall.Rusage); ok {
		return float64(usage.Maxrss) / 1024
	}
	return 0
}

package kernels

import (
	"os"
	"strconv"
	"syscall"
	"time"
)

// pollParent sends SIGTERM to ends when the Jupyter that started this process is gone, as after a crash: nobody could
// shut the kernel down any more. A kernel that is meant to live without its starter has no JPY_PARENT_PID.
func pollParent(ends chan<- os.Signal) (stop func()) {
	parent := os.Getppid()
	if os.Getenv("JPY_PARENT_PID") != strconv.Itoa(parent) {
		return func() {}
	}
	ticker := time.NewTicker(time.Second)
	done := make(chan struct{})
	go func() {
		for {
			select {
			case <-done:
				return
			case <-ticker.C:
			}
			if os.Getppid() != parent {
				select {
				case ends <- syscall.SIGTERM:
				case <-done:
				}
				return
			}
		}
	}()
	return func() {
		ticker.Stop()
		close(done)
	}
}

package kernels

import (
	"slices"
	"syscall"
	"time"
)

// process is a running program of this machine.
type process struct {
	pid, parent int
	name        string
	// owned says that the process belongs to the kernel whose folder was asked for.
	owned bool
}

// interrupt stops what GoNB is doing: the cell's program, which GoNB itself signals, or the compilation of one, which
// GoNB can't interrupt. It signals no process twice, so a program that ends its work in order on the first signal is
// not hurried by a second.
func interrupt(gonb int) {
	syscall.Kill(gonb, syscall.SIGINT)
	all := processes("")
	for _, p := range all {
		if p.parent == gonb && p.name == "go" {
			for _, pid := range append(descendants(all, p.pid), p.pid) {
				syscall.Kill(pid, syscall.SIGINT)
			}
		}
	}
}

func descendants(all []process, ancestor int) []int {
	var found []int
	for _, p := range all {
		if p.parent == ancestor {
			found = append(found, p.pid)
			found = append(found, descendants(all, p.pid)...)
		}
	}
	return found
}

// stopOwned ends every process of the kernel that has folder: first by asking, then by force. Each step takes at most
// patience.
func stopOwned(folder string, patience time.Duration) {
	signalOwned(folder, syscall.SIGTERM)
	if waitGone(folder, patience) {
		return
	}
	// A process may start another one just before it is killed, so one round need not be enough.
	for range 10 {
		signalOwned(folder, syscall.SIGKILL)
		if waitGone(folder, patience/10) {
			return
		}
	}
}

func signalOwned(folder string, signal syscall.Signal) {
	for _, p := range processes(folder) {
		if p.owned {
			syscall.Kill(p.pid, signal)
		}
	}
}

// waitGone waits until no process of the kernel is left, and returns whether that came true in time.
func waitGone(folder string, patience time.Duration) bool {
	isOwned := func(p process) bool { return p.owned }
	for end := time.Now().Add(patience); ; time.Sleep(10 * time.Millisecond) {
		if !slices.ContainsFunc(processes(folder), isOwned) {
			return true
		}
		if time.Now().After(end) {
			return false
		}
	}
}

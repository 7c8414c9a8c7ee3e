package kernels

import (
	"os/exec"
	"syscall"
)

// lowestPriority is the nice value of a process that gets only the time that no other wants.
const lowestPriority = 19

// warm compiles the project's packages, with the flags of the cells, into Go's build cache until ended closes: after
// a change to the project or to Go the first cell that uses a package need not wait for all of it. It returns at once;
// done closes when nothing is left to do. What can't be compiled is left to the cells, which say so.
//
// One package at a time, at the lowest priority: a cell that runs meanwhile loses next to nothing.
func warm(p Project, env []string, ended <-chan struct{}) (done <-chan struct{}) {
	finished := make(chan struct{})
	own, err := packages(p)
	if err != nil || len(own) == 0 {
		close(finished)
		return finished
	}
	build := exec.Command("go", append([]string{"build", "-p=1"}, own...)...)
	build.Dir, build.Env = p.Root, env
	build.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if build.Start() != nil {
		close(finished)
		return finished
	}
	group := build.Process.Pid
	_ = syscall.Setpriority(syscall.PRIO_PGRP, group, lowestPriority) // only a courtesy
	go func() {
		defer close(finished)
		_ = build.Wait()
	}()
	go func() {
		select {
		case <-finished:
		case <-ended:
			_ = syscall.Kill(-group, syscall.SIGKILL)
		}
	}()
	return finished
}

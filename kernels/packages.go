package kernels

import (
	"bytes"
	"context"
	"os/exec"
	"path"
	"strings"
	"sync"
	"syscall"
	"time"

	"example.com/unstuck/kernels/internal/cell"
)

// findTime bounds the search for what the compiler has left of packages: it compiles those that are missing, which the
// cell would wait for itself.
const findTime = 5 * time.Minute

// newCells returns what rewrites the cells of a kernel of the project, whose tools run with env.
func newCells(p Project, env []string, folder string) (*cells, error) {
	own, err := packages(p)
	if err != nil {
		return nil, err
	}
	imports := map[string]string{}
	for _, name := range append(own, standardPackages...) {
		imports[path.Base(name)] = name
	}
	find := func(ctx context.Context, paths []string, priority int) map[string]string {
		return exportsOf(ctx, p, env, paths, priority)
	}
	return &cells{folder: folder, typesOf: find, session: &cell.Session{
		Imports:  imports,
		Helper:   imports["notebook"],
		Exports:  func(paths []string) map[string]string { return find(context.Background(), paths, 0) },
		Standard: sync.OnceValue(func() []string { return strings.Fields(output(context.Background(), p, env, 0, "list", "std")) }),
		Root:     sync.OnceValue(func() string { return strings.TrimSpace(output(context.Background(), p, env, 0, "env", "GOROOT")) }),
	}}, nil
}

// warmUp compiles the project's packages and then finds their types, all at the lowest priority.
func (c *cells) warmUp(p Project, env []string, ended <-chan struct{}) {
	<-warm(p, env, ended)
	select {
	case <-ended:
	default:
		c.session.Prepare(func(paths []string) map[string]string { return c.typesOf(context.Background(), paths, lowestPriority) })
	}
}

// exportsOf finds the files of export data of packages and of what they import.
func exportsOf(ctx context.Context, p Project, env, paths []string, priority int) map[string]string {
	found := map[string]string{}
	listed := output(ctx, p, env, priority, append([]string{"list", "-e", "-export", "-deps", "-f", "{{.ImportPath}}\t{{.Export}}"}, paths...)...)
	for line := range strings.Lines(listed) {
		name, file, _ := strings.Cut(strings.TrimSpace(line), "\t")
		found[name] = file
	}
	return found
}

// output is what the go command says in the project until ctx ends; what fails says nothing.
func output(ctx context.Context, p Project, env []string, priority int, arguments ...string) string {
	ctx, cancel := context.WithTimeout(ctx, findTime)
	defer cancel()
	command := exec.CommandContext(ctx, "go", arguments...)
	command.Dir, command.Env = p.Root, env
	command.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} // with the compilers that it starts
	command.Cancel = func() error { return syscall.Kill(-command.Process.Pid, syscall.SIGKILL) }
	var said bytes.Buffer
	command.Stdout = &said
	if command.Start() != nil {
		return ""
	}
	if priority > 0 {
		_ = syscall.Setpriority(syscall.PRIO_PGRP, command.Process.Pid, priority) // only a courtesy
	}
	_ = command.Wait() // what it has said counts
	return said.String()
}

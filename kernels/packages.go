package kernels

import (
	"context"
	"os/exec"
	"path"
	"strings"
	"sync"
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
	return &cells{folder: folder, session: &cell.Session{
		Imports:  imports,
		Helper:   imports["notebook"],
		Exports:  func(paths []string) map[string]string { return exportsOf(p, env, paths) },
		Standard: sync.OnceValue(func() []string { return strings.Fields(output(p, env, "list", "std")) }),
	}}, nil
}

// exportsOf finds the files of export data of packages and of what they import.
func exportsOf(p Project, env, paths []string) map[string]string {
	found := map[string]string{}
	listed := output(p, env, append([]string{"list", "-e", "-export", "-deps", "-f", "{{.ImportPath}}\t{{.Export}}"}, paths...)...)
	for line := range strings.Lines(listed) {
		name, file, _ := strings.Cut(strings.TrimSpace(line), "\t")
		found[name] = file
	}
	return found
}

// output is what the go command says in the project; what fails says nothing.
func output(p Project, env []string, arguments ...string) string {
	ctx, cancel := context.WithTimeout(context.Background(), findTime)
	defer cancel()
	command := exec.CommandContext(ctx, "go", arguments...)
	command.Dir, command.Env = p.Root, env
	said, err := command.Output()
	if err != nil && len(said) == 0 {
		return ""
	}
	return string(said)
}

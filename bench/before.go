package main

import (
	"context"
	"fmt"
	"os/exec"
	"path/filepath"
)

// before builds this project's program as it was at a commit, for a comparison in the same rounds: two more programs, on XLA and
// in pure Go. The commit is checked out beside the folder's programs and forgotten by git again. An empty commit: none.
func before(ctx context.Context, folder, commit string) (programs []program, err error) {
	if commit == "" {
		return nil, nil
	}
	tree, binary := filepath.Join(folder, "tree"), filepath.Join(folder, "before")
	do := func(dir, name string, arguments ...string) error {
		c := exec.CommandContext(ctx, name, arguments...)
		c.Dir = dir
		if out, err := c.CombinedOutput(); err != nil {
			return fmt.Errorf("the program at %s: %s: %w\n%s", commit, c, err, out)
		}
		return nil
	}
	if err := do("", "git", "worktree", "add", "--detach", tree, commit); err != nil {
		return nil, err
	}
	defer func() {
		if e := do("", "git", "worktree", "remove", "--force", tree); err == nil {
			err = e
		}
	}()
	if err := do(tree, "go", "build", "-o", binary, "./bench/programs/unstuck"); err != nil {
		return nil, err
	}
	return []program{
		{Name: "before", Title: "unstuck at " + commit + ", XLA", command: []string{binary}, environment: []string{"GOMLX_BACKEND=xla:cpu", "UNSTUCK_PROGRAMS=off"}, probe: []string{binary, "-rows", "32"}, missing: "no XLA plugin: make setup"},
		{Name: "before-go", Title: "unstuck at " + commit + ", pure Go", command: []string{binary}, environment: []string{"GOMLX_BACKEND=go"}},
	}, nil
}

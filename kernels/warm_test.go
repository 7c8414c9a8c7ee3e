package kernels

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// buildable is a project with one package, and an environment with an empty build cache beside the known one.
func buildable(t *testing.T) (Project, []string) {
	t.Helper()
	p := newProject(t)
	write(t, filepath.Join(p.Root, "pkg", "greeting", "greeting.go"), "package greeting\n\nconst Word = \"hello\"\n")
	return p, append(os.Environ(), "GOCACHE="+t.TempDir(), "GOFLAGS=", "GOWORK=off")
}

// stale lists the project's packages that a build would compile.
func stale(t *testing.T, p Project, env []string) string {
	t.Helper()
	list := exec.Command("go", "list", "-f", "{{if .Stale}}{{.ImportPath}}{{end}}", "./pkg/...")
	list.Dir, list.Env = p.Root, env
	out, err := list.CombinedOutput()
	require.NoError(t, err, string(out))
	return string(out)
}

func TestWarmCompilesTheProjectsPackages(t *testing.T) {
	p, env := buildable(t)
	require.Contains(t, stale(t, p, env), "greeting")
	<-warm(p, env, nil)
	require.NotContains(t, stale(t, p, env), "greeting")
}

func TestWarmEndsWithTheKernel(t *testing.T) {
	p, env := buildable(t)
	// What hangs instead of compiling.
	tools := t.TempDir()
	write(t, filepath.Join(tools, "go"), "#!/bin/sh\nsleep 600\n")
	t.Setenv("PATH", tools+string(os.PathListSeparator)+os.Getenv("PATH"))
	ended := make(chan struct{})
	done := warm(p, env, ended)
	close(ended)
	select {
	case <-done:
	case <-time.After(time.Minute):
		t.Fatal("it goes on compiling")
	}
}

func TestWarmWithoutPackages(t *testing.T) {
	<-warm(Project{Root: t.TempDir()}, nil, nil)
}

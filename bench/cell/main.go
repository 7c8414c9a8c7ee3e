// Command cell measures where the time of one notebook cell goes: a cell that trains the article's first example
// and plots it, from the source that a person has typed to the picture.
//
//	go run ./bench/cell
//
// It does what GoNB does with a cell, one step after the other, in a workspace of its own. The first round brings
// everything into the caches and doesn't count. What Jupyter, GoNB and the way between them add is not in it.
package main

import (
	"bytes"
	"context"
	_ "embed"
	"encoding/json"
	"flag"
	"fmt"
	"log"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"time"

	"example.com/unstuck/kernels"
)

// source is the cell's program before goimports has seen it. It prints how long its own parts took.
//
//go:embed cell.go.txt
var source string

// step is one part of a cell's time.
type step struct {
	Name string
	Took time.Duration
}

func main() {
	rounds := flag.Int("rounds", 7, "rounds; the table shows medians")
	flag.Parse()
	folder, err := os.MkdirTemp("", "cell-")
	check(err)
	defer os.RemoveAll(folder)
	project, err := os.Getwd()
	check(err)
	check(workspace(folder, project))
	all := map[string][]time.Duration{}
	var names []string
	for round := range *rounds + 1 {
		steps, err := cell(folder, project, round)
		check(err)
		if round == 0 {
			continue
		}
		for _, s := range steps {
			if all[s.Name] == nil {
				names = append(names, s.Name)
			}
			all[s.Name] = append(all[s.Name], s.Took)
		}
	}
	fmt.Println("| step of a cell | ms |\n| --- | ---: |")
	total := time.Duration(0)
	for _, name := range names {
		took := median(all[name])
		total += took
		fmt.Printf("| %s | %.0f |\n", name, took.Seconds()*1e3)
	}
	fmt.Printf("| in all | %.0f |\n", total.Seconds()*1e3)
}

// workspace makes the modules that GoNB would make: the cell's and, beside it, the project.
func workspace(folder, project string) error {
	if err := os.WriteFile(filepath.Join(folder, "go.mod"), []byte("module cell\n\ngo 1.26\n"), 0o644); err != nil {
		return err
	}
	for _, args := range [][]string{{"work", "init"}, {"work", "use", ".", project}} {
		if _, err := run(folder, project, "go", args...); err != nil {
			return err
		}
	}
	return nil
}

// cell runs the cell once. Its text differs from round to round, as an edited cell's does.
func cell(folder, project string, round int) ([]step, error) {
	file := filepath.Join(folder, "main.go")
	if err := os.WriteFile(file, fmt.Appendf(nil, "%s\n// %d of %d\n", source, round, os.Getpid()), 0o644); err != nil {
		return nil, err
	}
	imports, err := timed(func() error {
		_, err := run(folder, project, filepath.Join(project, ".lab", "bin", "goimports"), "-w", file)
		return err
	})
	if err != nil {
		return nil, err
	}
	graph := filepath.Join(folder, "actions.json")
	building, err := timed(func() error {
		_, err := run(folder, project, "go", "build", "-debug-actiongraph="+graph, "-o", "program", ".")
		return err
	})
	if err != nil {
		return nil, err
	}
	compiling, linking, err := actions(graph)
	if err != nil {
		return nil, err
	}
	began := time.Now()
	out, err := run(folder, project, filepath.Join(folder, "program"), strconv.FormatInt(began.UnixNano(), 10))
	whole := time.Since(began)
	if err != nil {
		return nil, err
	}
	var own []step
	if err := json.Unmarshal(out, &own); err != nil {
		return nil, fmt.Errorf("the cell's answer %q: %w", out, err)
	}
	for _, s := range own {
		whole -= s.Took
	}
	steps := []step{
		{"goimports", imports},
		{"go build: what it depends on", building - compiling - linking},
		{"go build: compile", compiling},
		{"go build: link", linking},
	}
	return append(append(steps, own...), step{"end of the process", whole}), nil
}

// actions are the times that the go command has noted for compiling and linking the cell.
func actions(file string) (compiling, linking time.Duration, err error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return 0, 0, err
	}
	var all []struct {
		Mode, Package       string
		TimeStart, TimeDone time.Time
	}
	if err := json.Unmarshal(text, &all); err != nil {
		return 0, 0, fmt.Errorf("%s: %w", file, err)
	}
	for _, a := range all {
		switch took := a.TimeDone.Sub(a.TimeStart); {
		case a.Mode == "build" && a.Package == "cell":
			compiling = took
		case a.Mode == "link":
			linking = took
		}
	}
	return compiling, linking, nil
}

func timed(f func() error) (time.Duration, error) {
	began := time.Now()
	err := f()
	return time.Since(began), err
}

// run runs a program in folder, with the flags that a kernel links cells with, and returns what it printed.
func run(folder, project, program string, args ...string) ([]byte, error) {
	c := exec.CommandContext(context.Background(), program, args...)
	c.Dir = folder
	c.Env = append(os.Environ(), "GOWORK=", "GOFLAGS="+kernels.GOFLAGS(""), "UNSTUCK_HOME="+project)
	var out, errs bytes.Buffer
	c.Stdout, c.Stderr = &out, &errs
	if err := c.Run(); err != nil {
		return nil, fmt.Errorf("%s: %w\n%s", filepath.Base(program), err, errs.String())
	}
	return out.Bytes(), nil
}

func median(values []time.Duration) time.Duration {
	sorted := slices.Sorted(slices.Values(values))
	return sorted[len(sorted)/2]
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}

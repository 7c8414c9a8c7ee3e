package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
)

// program is one of those that are compared.
type program struct {
	Name, Title string
	command     []string
	environment []string
	probe       []string // a command that tells, by failing, that the program can't run; nil: it can
	missing     string   // what to say then
	again       bool     // only cold processes count, each with another one before it that does the same
}

func (p program) name() string { return p.Name }

// reference is the program that ratios refer to.
const reference = "unstuck"

// programsIn lists the programs; those of Go were built into folder.
func programsIn(folder, python string) []program {
	python = executable(python)
	script := func(name string) string { return filepath.Join("bench", "programs", "python", name) }
	imports := func(modules string) []string { return []string{python, "-c", "import " + modules} }
	const install = "not installed: make bench-peers"
	keras := func(engine, title string) program {
		return program{
			Name: "keras-" + engine, Title: title, command: []string{python, script("keras_peer.py")},
			environment: []string{"KERAS_BACKEND=" + engine}, probe: imports("keras, " + engine), missing: install,
		}
	}
	atOnce := func(p program) program { // the whole epoch in one execution
		p.Name, p.Title = p.Name+"-epoch", p.Title+", steps_per_execution"
		p.environment = append(p.environment, "KERAS_STEPS_PER_EXECUTION=epoch")
		return p
	}
	ours := filepath.Join(folder, "unstuck")
	onXLA := []string{"GOMLX_BACKEND=xla:cpu", "UNSTUCK_PROGRAMS=off"}
	kept := []string{"GOMLX_BACKEND=xla:cpu", "UNSTUCK_PROGRAMS=" + filepath.Join(folder, "kept")}
	return []program{
		{Name: reference, Title: "unstuck, XLA", command: []string{ours}, environment: onXLA, probe: []string{ours, "-rows", "32"}, missing: "no XLA plugin: make setup"},
		{Name: "unstuck-again", Title: "unstuck, XLA, programs on disk", command: []string{ours}, environment: kept, probe: []string{ours, "-rows", "32"}, missing: "no XLA plugin: make setup", again: true},
		{Name: "unstuck-go", Title: "unstuck, pure Go", command: []string{ours}, environment: []string{"GOMLX_BACKEND=go"}},
		{Name: "gomlx", Title: "GoMLX train.Loop, XLA", command: []string{filepath.Join(folder, "gomlxloop")}, environment: onXLA, probe: []string{ours, "-rows", "32"}, missing: "no XLA plugin: make setup"},
		{Name: "jax", Title: "JAX lax.scan + jit", command: []string{python, script("jax_peer.py")}, probe: imports("jax"), missing: install},
		keras("jax", "Keras on JAX"),
		atOnce(keras("jax", "Keras on JAX")),
		keras("tensorflow", "Keras on TensorFlow"),
		atOnce(keras("tensorflow", "Keras on TensorFlow")),
		{Name: "torch", Title: "PyTorch, eager", command: []string{python, script("torch_peer.py")}, probe: imports("torch"), missing: install},
		{Name: "torch-compiled", Title: "PyTorch, torch.compile", command: []string{python, script("torch_peer.py"), "-compile"}, probe: imports("torch"), missing: install},
	}
}

// executable makes a path that works from every folder; a bare name stays one.
func executable(path string) string {
	if filepath.Base(path) == path {
		return path
	}
	if abs, err := filepath.Abs(path); err == nil {
		return abs
	}
	return path
}

// present keeps the programs that can run, and says which can't. Probing them is also what brings their
// files into the system's cache before anything is measured.
func present(ctx context.Context, all []program) (there []program, notes []string) {
	for _, p := range all {
		if p.probe != nil {
			c := exec.CommandContext(ctx, p.probe[0], p.probe[1:]...)
			c.Env = p.env()
			if err := c.Run(); err != nil {
				notes = append(notes, fmt.Sprintf("%s is left out, %s (%v).", p.Title, p.missing, err))
				continue
			}
		}
		there = append(there, p)
	}
	return there, notes
}

// env is the environment of the program's processes: no GPU for anyone, and quiet.
func (p program) env() []string {
	return slices.Concat(os.Environ(), []string{"CUDA_VISIBLE_DEVICES=-1", "JAX_PLATFORMS=cpu", "TF_CPP_MIN_LOG_LEVEL=3"}, p.environment)
}

// build compiles the programs that are written in Go.
func build(ctx context.Context, folder string) error {
	c := exec.CommandContext(ctx, "go", "build", "-o", folder+string(filepath.Separator), "./bench/programs/unstuck", "./bench/programs/gomlxloop")
	c.Stdout, c.Stderr = os.Stderr, os.Stderr
	if err := c.Run(); err != nil {
		return fmt.Errorf("building the programs (run this in the project's folder): %w", err)
	}
	return nil
}

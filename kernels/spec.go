package kernels

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

// Spec is one kernel as Jupyter lists it.
type Spec struct {
	// Name is the kernelspec's folder, and what a notebook's metadata remembers.
	Name string
	// DisplayName is what JupyterLab shows.
	DisplayName string
	// Backend is the value of GOMLX_BACKEND in the notebook's cells.
	Backend string
}

// Specs lists the kernels of this project, the everyday one first.
func Specs() []Spec {
	return []Spec{
		{Name: "unstuck-xla-cpu", DisplayName: "Go (unstuck · XLA CPU)", Backend: "xla:cpu"},
		{Name: "unstuck-xla-cuda", DisplayName: "Go (unstuck · XLA CUDA)", Backend: "xla:cuda"},
		{Name: "unstuck-go", DisplayName: "Go (unstuck · pure Go)", Backend: "go"},
	}
}

// Select returns the specs with these names, in the order of [Specs]; no names means all of them. An unknown name is an
// error that lists the known ones.
func Select(names []string) ([]Spec, error) {
	if len(names) == 0 {
		return Specs(), nil
	}
	var known []string
	for _, spec := range Specs() {
		known = append(known, spec.Name)
	}
	for _, name := range names {
		if !slices.Contains(known, name) {
			return nil, fmt.Errorf("no kernel is called %q: there are %s", name, strings.Join(known, ", "))
		}
	}
	return slices.DeleteFunc(Specs(), func(s Spec) bool { return !slices.Contains(names, s.Name) }), nil
}

// checkBackend returns an error that lists the kernels' backends when backend is none of them.
func checkBackend(backend string) error {
	var known []string
	for _, spec := range Specs() {
		if spec.Backend == backend {
			return nil
		}
		known = append(known, spec.Backend)
	}
	return fmt.Errorf("no kernel runs on the backend %q: there are %s", backend, strings.Join(known, ", "))
}

// kernelJSON is the file kernel.json of a kernelspec.
// Its fields: https://jupyter-client.readthedocs.io/en/stable/kernels.html#kernel-specs
type kernelJSON struct {
	Argv          []string `json:"argv"`
	DisplayName   string   `json:"display_name"`
	Language      string   `json:"language"`
	InterruptMode string   `json:"interrupt_mode"`
	Metadata      metadata `json:"metadata"`
}

type metadata struct {
	Debugger bool `json:"debugger"`
	// Unstuck marks a kernelspec as ours: Remove touches no other.
	Unstuck *origin `json:"unstuck,omitempty"`
}

type origin struct {
	Backend string `json:"backend"`
	Project string `json:"project"`
}

// render returns the kernelspec that starts command for the project. Everything that depends on the machine's state,
// such as the environment variables, is left to [Start], so that a plugin installed later is found without a new
// installation of the kernels.
func (s Spec) render(command, project string) kernelJSON {
	return kernelJSON{
		Argv: []string{
			command, "kernel", "start", "--backend", s.Backend, "--project", project, "{connection_file}",
		},
		DisplayName: s.DisplayName,
		Language:    "go",
		// With "signal" an interrupt reaches this project's process, which can also stop a cell that is still compiling.
		InterruptMode: "signal",
		Metadata:      metadata{Unstuck: &origin{Backend: s.Backend, Project: project}},
	}
}

func (k kernelJSON) encode() ([]byte, error) {
	b, err := json.MarshalIndent(k, "", "  ")
	if err != nil {
		return nil, err
	}
	return append(b, '\n'), nil
}

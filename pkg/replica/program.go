package replica

import (
	"fmt"
	"slices"

	"github.com/gomlx/compute"
)

// Plan says how a program's parameters come.
type Plan struct {
	Replicas int // how many; must be positive
	// Along says of each parameter whether it has an axis of replicas in front, and so a value for each; those beyond
	// are single.
	Along []bool
	// Carried is how many of the first results take the place of the first parameters at the next execution: they come along where their
	// parameter does. A single one whose result becomes different is carried along, too: see Program's result.
	Carried int
	// Limit is how many bytes the values may have together that the program computes for each replica, those in between included; 0: any number.
	// No program needs as much: what isn't used any more makes room for the next.
	Limit int64
}

// Program compiles what build makes of a backend, for all replicas at once. build must make one program on the backend that it is given, the same
// one each time that it is called: it is called again where something in a loop turned out to be different for each replica.
//
// The executable's inputs have an axis of replicas in front where the plan that is returned says so: as given, and for
// carried ones that had to be added. Of its results the carried ones come as their parameters, all others along.
//
// Errors: those of build; an [UnsupportedError] among them tells that replicas can't do what is asked for, or not within the limit.
func Program(b compute.Backend, p Plan, build func(compute.Backend) (compute.Executable, error)) (compute.Executable, Plan, error) {
	if p.Replicas < 1 {
		return nil, p, fmt.Errorf("replica: %d replicas: must be positive", p.Replicas)
	}
	p.Along = slices.Clone(p.Along)
	w := &backend{Backend: b, plan: &p, closures: map[int][]bool{}}
	for {
		w.grown, w.bytes = false, 0
		exe, err := build(w)
		if !w.grown {
			return exe, p, err
		}
		if err == nil {
			exe.Finalize()
		}
	}
}

// backend builds programs for several replicas.
type backend struct {
	compute.Backend
	plan     *Plan
	closures map[int][]bool // of each closure, in the order in which they are made, which parameters come along
	bytes    int64          // of the values that come along
	grown    bool           // whether the plan or a closure has more along than it was built with
}

// Capabilities are those of the backend, without operations that stand for several.
func (b *backend) Capabilities() compute.Capabilities {
	c := b.Backend.Capabilities().Clone()
	for _, op := range compute.OpTypeValues() {
		if isFused(op) {
			delete(c.Operations, op)
		}
	}
	return c
}

func (b *backend) Builder(name string) compute.Builder {
	inner := b.Backend.Builder(name)
	w := &builder{Builder: inner, backend: b}
	w.main = newFunction(w, inner.Main(), nil, b.plan.Along)
	return w
}

// grow notes that a value has to come along; the program is built anew.
func (b *backend) grow(flags []bool, at int) []bool {
	b.grown = true
	for len(flags) <= at {
		flags = append(flags, false)
	}
	flags[at] = true
	return flags
}

var errAgain = fmt.Errorf("replica: to be built again, with more that is different for each replica")

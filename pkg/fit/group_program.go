package fit

import (
	"fmt"

	"github.com/gomlx/compute"

	"example.com/unstuck/pkg/replica"
)

// togetherBytes is how much the values of a group's program may take at most, all of those in between counted.
const togetherBytes = 512 << 20

// planned is a program of several replicas.
type planned struct {
	compute.Executable
	plan replica.Plan
}

// compile makes a program for all lanes, or finds it. The state is carried, with the carried parameters behind it; along says which of those behind
// the state come along.
func (g *group) compile(kind string, shapes any, carried int, along []bool, build func(compute.Backend) (compute.Executable, error)) (*program, error) {
	m := g.lanes[0].trainer.m
	plan := replica.Plan{Replicas: g.width, Along: append(append([]bool{}, g.stack.along...), along...), Carried: carried, Limit: togetherBytes}
	key := m.key(fmt.Sprintf("%s of %d, %v", kind, plan.Replicas, plan.Along), shapes)
	p, err := m.programs.get(key, func() (exe compute.Executable, err error) {
		caught := catch(func() {
			var inner compute.Executable
			inner, plan, err = replica.Program(m.backend, plan, build)
			exe = planned{inner, plan}
		})
		if caught != nil {
			err = caught
		}
		if err != nil {
			return nil, err
		}
		return exe, nil
	})
	if err != nil {
		return nil, err
	}
	copy(g.stack.along, p.Executable.(planned).plan.Along) // a count that turned out to depend on the lane comes along, too
	return p, nil
}

// apartIfUnsupported turns what replicas can't do into the reason to run one by one.
func apartIfUnsupported(err error) error {
	if e, ok := replica.Unsupported(err); ok {
		return &ApartError{Reason: e.Error(), Err: err}
	}
	return err
}

// Package devices makes several devices of a backend look like one: what is copied there is on all of them, and a program
// whose inputs are split runs on all of them at once.
//
//	b, err := devices.Over(backend, 4)
//	builder := b.Builder("training")
//	specs, err := builder.(devices.Builder).Split(1, -1, 0) // the first input along its axis 1, the last along its axis 0
//
// Programs that don't ask for a split run on the first device alone. The compiler, XLA's Shardy, puts what has to pass between
// the devices into the program, so that it means what it means on one: a mean over a batch is that of all its rows.
package devices

import (
	"fmt"
	"sync"

	"github.com/gomlx/compute"
	"github.com/gomlx/compute/shapes"
)

// Backend is several devices of another backend.
type Backend struct {
	compute.Backend
	n int
}

// Over is the first n devices of b, the same value for the same b and n. Errors say why there are none.
func Over(b compute.Backend, n int) (*Backend, error) {
	if has := b.NumDevices(); n < 1 || n > has {
		return nil, fmt.Errorf("%d devices are asked for, %s has %d", n, b.Description(), has)
	}
	mu.Lock()
	defer mu.Unlock()
	for k := range known {
		if k.of.IsFinalized() {
			delete(known, k)
		}
	}
	k := key{b, n}
	if known[k] == nil {
		known[k] = &Backend{Backend: b, n: n}
	}
	return known[k], nil
}

type key struct {
	of compute.Backend
	n  int
}

var (
	mu    sync.Mutex
	known = map[key]*Backend{}
)

// Devices is how many there are.
func (b *Backend) Devices() int { return b.n }

// HasSharedBuffers is false: memory that the host writes to would be that of one device.
func (b *Backend) HasSharedBuffers() bool { return false }

// NewSharedBuffer is an error, see HasSharedBuffers.
func (b *Backend) NewSharedBuffer(compute.DeviceNum, shapes.Shape) (compute.Buffer, any, error) {
	return nil, nil, fmt.Errorf("%d devices share no memory with the host", b.n)
}

// BufferFromFlatData copies values to the first device; the others get theirs from there when a program needs them.
func (b *Backend) BufferFromFlatData(_ compute.DeviceNum, flat any, shape shapes.Shape) (compute.Buffer, error) {
	first, err := b.Backend.BufferFromFlatData(0, flat, shape)
	if err != nil {
		return nil, err
	}
	return b.alone(first), nil
}

// Builder begins a program.
func (b *Backend) Builder(name string) compute.Builder {
	return &builder{Builder: b.Backend.Builder(name), backend: b}
}

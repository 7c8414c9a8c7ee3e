package devices

import (
	"fmt"

	"github.com/gomlx/compute"
	"github.com/gomlx/compute/shapes"
)

// Builder is what a [Backend] builds programs with.
type Builder interface {
	compute.Builder
	// Split makes it a program of all devices, of inputs of these shapes. Each is split along the axis that is told, whose
	// size the devices must divide, or, for [Whole], is there on every device as a whole. It returns what is to be told to the main function's parameters.
	// The results must be told to be whole, see Whole.
	Split(inputs []shapes.Shape, axes []int) ([]*compute.ShardingSpec, error)
	// Whole is what the main function is told of results.
	Whole(results []compute.Value) ([]*compute.ShardingSpec, error)
}

// Whole is the axis of an input that isn't split.
const Whole = -1

const mesh, meshAxis = "devices", "device"

type builder struct {
	compute.Builder
	backend *Backend
	axes    []int // of the inputs of a program of all devices; nil: it is one of the first
}

// Inner is the builder of the backend itself.
func (b *builder) Inner() compute.Builder { return b.Builder }

func (b *builder) Split(inputs []shapes.Shape, axes []int) ([]*compute.ShardingSpec, error) {
	n := b.backend.n
	specs := make([]*compute.ShardingSpec, len(inputs))
	for i, s := range inputs {
		specs[i] = whole(s)
		if axes[i] == Whole {
			continue
		}
		if size := s.Dimensions[axes[i]]; size%n != 0 {
			return nil, fmt.Errorf("%d devices don't divide axis %d of %s", n, axes[i], s)
		}
		specs[i].Axes[axes[i]] = []string{meshAxis}
	}
	if err := b.DistributedAutoSharding(compute.Mesh{Name: mesh, AxesSizes: []int{n}, AxesNames: []string{meshAxis}}); err != nil {
		return nil, err
	}
	all := make([]compute.DeviceNum, n)
	for i := range all {
		all[i] = compute.DeviceNum(i)
	}
	b.axes = axes
	return specs, b.DeviceAssignment(all...)
}

func (b *builder) Whole(results []compute.Value) ([]*compute.ShardingSpec, error) {
	specs := make([]*compute.ShardingSpec, len(results))
	for i, v := range results {
		s, err := b.OpShape(v)
		if err != nil {
			return nil, err
		}
		specs[i] = whole(s)
	}
	return specs, nil
}

// whole says so of each axis: what isn't said is the compiler's choice.
func whole(s shapes.Shape) *compute.ShardingSpec {
	return &compute.ShardingSpec{Mesh: mesh, Axes: make([][]string, s.Rank())}
}

// Compile implements compute.Builder.
func (b *builder) Compile() (compute.Executable, error) {
	exe, err := b.Builder.Compile()
	if err != nil {
		return nil, err
	}
	return &executable{Executable: exe, backend: b.backend, axes: b.axes}, nil
}

type executable struct {
	compute.Executable
	backend *Backend
	axes    []int
}

// Execute implements compute.Executable.
func (e *executable) Execute(inputs []compute.Buffer, donate []bool, _ compute.DeviceNum) ([]compute.Buffer, error) {
	devices := 1
	if e.axes != nil {
		devices = e.backend.n
	}
	var all []compute.Buffer
	var gone []bool
	for d := range devices {
		for i, in := range inputs {
			axis := Whole
			if e.axes != nil {
				axis = e.axes[i]
			}
			b, err := in.(*buffer).on(d, axis)
			if err != nil {
				return nil, err
			}
			all = append(all, b)
		}
		gone = append(gone, donate...)
	}
	results, err := e.Executable.Execute(all, gone, 0)
	if err != nil {
		return nil, err
	}
	for i, in := range inputs {
		if i < len(donate) && donate[i] {
			in.(*buffer).given(devices)
		}
	}
	n := len(results) / devices
	out := make([]compute.Buffer, n)
	for i := range out {
		b := e.backend.alone(results[i])
		for d := 1; d < devices; d++ {
			b.copies[d] = results[d*n+i]
		}
		out[i] = b
	}
	return out, nil
}

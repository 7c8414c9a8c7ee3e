package replica

import (
	"fmt"

	"github.com/gomlx/compute"
	"github.com/gomlx/compute/notimplemented"
	"github.com/gomlx/compute/shapes"
)

// function writes, for each operation on one replica, that on all of them. What it doesn't define can't be done.
type function struct {
	notimplemented.Function
	builder *builder
	inner   compute.Function
	parent  *function
	at      int    // which closure it is; -1: the main function
	along   []bool // of its parameters
	params  []*value
	results []*value // of a closure that has returned
}

func newFunction(b *builder, inner compute.Function, parent *function, along []bool) *function {
	f := &function{builder: b, inner: inner, parent: parent, at: -1, along: along}
	f.ErrFn = func(op compute.OpType) error { return &UnsupportedError{Op: op.String()} }
	return f
}

func (f *function) replicas() int { return f.builder.backend.plan.Replicas }

func (f *function) Name() string { return f.inner.Name() }

func (f *function) Builder() compute.Builder { return f.builder }

func (f *function) Parent() compute.Function {
	if f.parent == nil {
		return nil
	}
	return f.parent
}

func (f *function) Closure() (compute.Function, error) { return f.LoopClosure() }

// LoopClosure is a closure for a loop that begins with this state, which spares building the program again to find out what comes along.
func (f *function) LoopClosure(state ...compute.Value) (compute.Function, error) {
	inner, err := f.inner.Closure()
	if err != nil {
		return nil, err
	}
	at := f.builder.made
	f.builder.made++
	known := f.builder.backend.closures
	for i, v := range state {
		if known[at] == nil {
			known[at] = make([]bool, len(state))
		}
		known[at][i] = known[at][i] || v.(*value).along
	}
	c := newFunction(f.builder, inner, f, known[at])
	c.at = at
	return c, nil
}

func (f *function) Shape(v compute.Value) (shapes.Shape, error) { return v.(*value).shape, nil }

func (f *function) Parameter(name string, shape shapes.Shape, sharding *compute.ShardingSpec) (compute.Value, error) {
	if sharding != nil {
		return nil, &UnsupportedError{Op: "sharding"}
	}
	v := &value{shape: shape, along: len(f.params) < len(f.along) && f.along[len(f.params)]}
	var err error
	if v.inner, err = f.inner.Parameter(name, f.wide(v.shape, v.along), nil); err != nil {
		return nil, err
	}
	f.params = append(f.params, v)
	return v, nil
}

func (f *function) Constant(flat any, dims ...int) (compute.Value, error) {
	return f.made(false)(f.inner.Constant(flat, dims...))
}

// Return returns the main function's results at once; those of a closure when it is known how they are used.
func (f *function) Return(outputs []compute.Value, _ []*compute.ShardingSpec) error {
	for _, o := range outputs {
		f.results = append(f.results, o.(*value))
	}
	if f.at >= 0 {
		return nil
	}
	plan := f.builder.backend.plan
	single := make([]bool, len(f.results))
	for i, r := range f.results {
		if i >= plan.Carried || i < len(plan.Along) && plan.Along[i] {
			continue
		}
		if single[i] = !r.along; r.along {
			plan.Along = f.builder.backend.grow(plan.Along, i)
		}
	}
	return f.finish(single)
}

// finish returns the results, all along but for the single ones.
func (f *function) finish(single []bool) error {
	out := make([]compute.Value, len(f.results))
	for i, r := range f.results {
		if !single[i] {
			var err error
			if r, err = f.each(r); err != nil {
				return err
			}
		}
		out[i] = r.inner
	}
	return f.inner.Return(out, nil)
}

// wide is a shape with the axis of replicas.
func (f *function) wide(s shapes.Shape, along bool) shapes.Shape {
	if !along {
		return s
	}
	return shapes.Make(s.DType, append([]int{f.replicas()}, s.Dimensions...)...)
}

// made wraps what an operation has given.
func (f *function) made(along bool) func(compute.Value, error) (compute.Value, error) {
	return func(inner compute.Value, err error) (compute.Value, error) {
		if err != nil {
			return nil, err
		}
		v, err := f.wrap(inner, along)
		if err != nil {
			return nil, err // not v, which would be a compute.Value that isn't nil
		}
		return v, nil
	}
}

func (f *function) wrap(inner compute.Value, along bool) (*value, error) {
	s, err := f.builder.Builder.OpShape(inner)
	if err != nil {
		return nil, err
	}
	if along {
		if s.Rank() == 0 || s.Dimensions[0] != f.replicas() {
			return nil, fmt.Errorf("replica: a result of shape %s has no axis of %d replicas in front", s, f.replicas())
		}
		f.builder.backend.bytes += int64(s.Size()) * int64(s.DType.Size())
		s = shapes.Make(s.DType, s.Dimensions[1:]...)
	}
	return &value{inner: inner, shape: s, along: along}, nil
}

// each is v with a value for each replica.
func (f *function) each(v *value) (*value, error) {
	if v.along {
		return v, nil
	}
	axes := make([]int, v.rank())
	for i := range axes {
		axes[i] = i + 1
	}
	inner, err := f.inner.BroadcastInDim(v.inner, f.wide(v.shape, true), axes)
	if err != nil {
		return nil, err
	}
	return &value{inner: inner, shape: v.shape, along: true}, nil
}

// eachOf are the values, all along where one of them is.
func (f *function) eachOf(all ...compute.Value) (values []*value, along bool, err error) {
	values = make([]*value, len(all))
	for i, v := range all {
		values[i] = v.(*value)
		along = along || values[i].along
	}
	if !along {
		return values, false, nil
	}
	for i, v := range values {
		if values[i], err = f.each(v); err != nil {
			return nil, false, err
		}
	}
	return values, true, nil
}

func inners(values []*value) []compute.Value {
	all := make([]compute.Value, len(values))
	for i, v := range values {
		all[i] = v.inner
	}
	return all
}

// shifted are axes behind that of replicas.
func shifted(axes []int) []int {
	moved := make([]int, len(axes))
	for i, a := range axes {
		moved[i] = a + 1
	}
	return moved
}

// with puts a number for the axis of replicas in front.
func with(first int, others []int) []int { return append([]int{first}, others...) }

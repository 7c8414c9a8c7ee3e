package replica

import (
	"fmt"
	"strings"

	"github.com/gomlx/compute"
	"github.com/gomlx/compute/shapes"
)

// builder shows shapes as a single replica has them.
type builder struct {
	compute.Builder
	backend *backend
	main    *function
	made    int // closures so far
}

// Inner is the builder of the program of all replicas.
func (b *builder) Inner() compute.Builder { return b.Builder }

func (b *builder) Main() compute.Function { return b.main }

// NewFunction is not there: a function that is called from several places would need a form for each.
func (b *builder) NewFunction(string) (compute.Function, error) {
	return nil, &UnsupportedError{Op: "a function that is called"}
}

func (b *builder) OpShape(v compute.Value) (shapes.Shape, error) { return v.(*value).shape, nil }

func (b *builder) DistributedSPMD(int) error { return &UnsupportedError{Op: "several devices"} }

func (b *builder) DistributedAutoSharding(...compute.Mesh) error {
	return &UnsupportedError{Op: "several devices"}
}

func (b *builder) Compile() (compute.Executable, error) {
	if b.backend.grown {
		return nil, errAgain
	}
	if limit := b.backend.plan.Limit; limit > 0 && b.backend.bytes > limit {
		return nil, &UnsupportedError{Op: fmt.Sprintf("a program whose values take %d MiB", b.backend.bytes>>20)}
	}
	return b.Builder.Compile()
}

// value is one value for each replica, or a single one.
type value struct {
	inner compute.Value
	shape shapes.Shape // of one
	along bool         // inner has an axis of replicas in front
}

func (v *value) rank() int { return v.shape.Rank() }

// isFused tells whether an operation stands for several that are there, too.
func isFused(op compute.OpType) bool {
	name := op.String()
	return strings.HasPrefix(name, "Fused") || strings.HasPrefix(name, "Quantized")
}

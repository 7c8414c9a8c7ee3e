package fit

import (
	"testing"

	"github.com/gomlx/compute"
	"github.com/gomlx/compute/shapes"
	"github.com/gomlx/gomlx/core/graph"
	"github.com/stretchr/testify/require"

	"example.com/unstuck/pkg/backend/backendtest"
)

// twoLoops makes a program whose two loops both reduce.
func twoLoops(b compute.Backend) error {
	builder := b.Builder("two loops")
	main := builder.Main()
	state, err := functionParameters(main, "main", []shapes.Shape{float32s(3), int32s(), int32s()}, nil)
	if err != nil {
		return err
	}
	for range 2 {
		state, err = loop(b, builder, main, "step", state, func(g *graph.Graph) []*graph.Node {
			in := parameters(g, "body", []shapes.Shape{float32s(3), int32s(), int32s()})
			total := graph.Add(graph.ReduceAllSum(in[0]), graph.ConvertDType(graph.ArgMax(in[0], 0), in[0].DType()))
			return []*graph.Node{graph.Add(in[0], graph.BroadcastToDims(total, 3)), graph.AddScalar(in[1], 1), in[2]}
		})
		if err != nil {
			return err
		}
	}
	if err := main.Return(state, nil); err != nil {
		return err
	}
	program, err := builder.Compile()
	if err != nil {
		return err
	}
	program.Finalize()
	return nil
}

// go-xla's reductions serve every function of a program with the workaround, and still don't without it: when the
// second half fails, upstream has mended it, and reductions.go can go.
func TestReductions(t *testing.T) {
	b := backendtest.XLA(t)
	require.NoError(t, twoLoops(b))
	fields := keptReductions
	defer func() { keptReductions = fields }()
	keptReductions = nil
	require.Error(t, twoLoops(b), "the workaround isn't needed any more: delete reductions.go")
}

// Fields that are called otherwise are an error, not a program that fails somewhere else.
func TestReductionsOfAnotherVersion(t *testing.T) {
	b := backendtest.XLA(t)
	fields := keptReductions
	defer func() { keptReductions = fields }()
	keptReductions = []string{"reductionCache"}
	require.ErrorContains(t, twoLoops(b), "has no map reductionCache any more")
}

package replica_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/gomlx/compute"
	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/compute/gobackend"
	"github.com/gomlx/compute/shapes"
	"github.com/gomlx/gomlx/core/graph"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"example.com/unstuck/pkg/backend/backendtest"
	"example.com/unstuck/pkg/replica"
)

type nodes = []*graph.Node

// model is a computation on some inputs, as one replica has them.
type model struct {
	name   string
	inputs []shapes.Shape
	build  func(in nodes) nodes
	needs  compute.OpType // that pure Go lacks; zero: nothing
}

// runsOn tells whether the backend has what the model needs.
func (m model) runsOn(b compute.Backend) bool {
	return m.needs == 0 || b.Capabilities().Operations[m.needs]
}

func floats(dims ...int) shapes.Shape { return shapes.Make(dtypes.Float32, dims...) }

func ints(dims ...int) shapes.Shape { return shapes.Make(dtypes.Int32, dims...) }

func one(f func(in nodes) *graph.Node) func(in nodes) nodes {
	return func(in nodes) nodes { return nodes{f(in)} }
}

// gradients are those of the sum of squares of what f gives, behind it, for the inputs of floats.
func gradients(f func(in nodes) *graph.Node) func(in nodes) nodes {
	return func(in nodes) nodes {
		y := f(in)
		var of nodes
		for _, x := range in {
			if x.DType().IsFloat() {
				of = append(of, x)
			}
		}
		return append(nodes{y}, graph.Gradient(graph.ReduceAllSum(graph.Square(y)), of...)...)
	}
}

var models = []model{
	{"one element", []shapes.Shape{floats(3, 2)}, one(func(in nodes) *graph.Node { return graph.Exp(graph.Neg(graph.Tanh(in[0]))) }), 0},
	{"two of one shape", []shapes.Shape{floats(3, 2), floats(3, 2)}, gradients(func(in nodes) *graph.Node { return graph.Mul(in[0], in[1]) }), 0},
	{"scalars", []shapes.Shape{floats(3, 2), floats()}, gradients(func(in nodes) *graph.Node { return graph.Div(in[0], graph.AddScalar(graph.Square(in[1]), 1)) }), 0},
	{"axes of size 1", []shapes.Shape{floats(3, 1), floats(1, 4)}, gradients(func(in nodes) *graph.Node { return graph.Sub(in[0], in[1]) }), 0},
	{"a scalar from the left", []shapes.Shape{floats(), floats(2, 3)}, one(func(in nodes) *graph.Node { return graph.Max(in[0], in[1]) }), 0},
	{"where", []shapes.Shape{floats(3, 2), floats(), floats(3, 2)}, gradients(func(in nodes) *graph.Node {
		return graph.Where(graph.GreaterThan(in[0], in[2]), in[0], graph.BroadcastToDims(in[1], 3, 2))
	}), 0},
	{"where, scalars", []shapes.Shape{floats(3, 2), floats()}, one(func(in nodes) *graph.Node {
		return graph.Where(graph.GreaterThan(in[0], graph.ZerosLike(in[0])), in[1], in[0])
	}), 0},
	{"clip", []shapes.Shape{floats(5), floats(), floats()}, one(func(in nodes) *graph.Node {
		return graph.Clip(in[0], graph.Min(in[1], in[2]), graph.Max(in[1], in[2]))
	}), 0},
	{"reductions", []shapes.Shape{floats(3, 4)}, func(in nodes) nodes {
		return nodes{graph.ReduceSum(in[0], 0), graph.ReduceMax(in[0], 1), graph.ReduceAllMean(in[0]), graph.ReduceAllMin(in[0]), graph.ReduceAllSum(graph.ReduceAllSum(in[0]))}
	}, 0},
	{"softmax", []shapes.Shape{floats(3, 4)}, gradients(func(in nodes) *graph.Node { return graph.Softmax(in[0], 1) }), 0},
	{"shapes", []shapes.Shape{floats(2, 3, 4)}, gradients(func(in nodes) *graph.Node {
		x := graph.Transpose(graph.Reshape(in[0], 3, 2, 4), 0, 1)
		x = graph.Concatenate(nodes{x, graph.ZerosLike(x), graph.Reverse(x, 2)}, 1)
		return graph.Slice(x, graph.AxisRange(0, 1), graph.AxisRange(1, 7), graph.AxisRange().Stride(2))
	}), 0},
	{"broadcast", []shapes.Shape{floats(3)}, gradients(func(in nodes) *graph.Node { return graph.BroadcastToDims(graph.ExpandAxes(in[0], 0), 4, 3) }), 0},
	{"product", []shapes.Shape{floats(4, 3), floats(3, 5)}, gradients(func(in nodes) *graph.Node { return graph.Dot(in[0], in[1]).Product() }), 0},
	{"product with batches", []shapes.Shape{floats(2, 4, 3), floats(2, 3, 5)}, gradients(func(in nodes) *graph.Node {
		return graph.Einsum("bij,bjk->bik", in[0], in[1])
	}), 0},
	{"product, crossed", []shapes.Shape{floats(4, 2, 3), floats(3, 5, 2)}, gradients(func(in nodes) *graph.Node {
		return graph.Einsum("ibj,jkb->bik", in[0], in[1])
	}), 0},
	{"rows", []shapes.Shape{floats(6, 3), ints(4, 1)}, gradients(func(in nodes) *graph.Node { return graph.Gather(in[0], in[1]) }), 0},
	{"elements", []shapes.Shape{floats(6, 6, 3), ints(4, 2)}, gradients(func(in nodes) *graph.Node { return graph.Gather(in[0], in[1]) }), 0},
	{"scatter", []shapes.Shape{floats(6, 3), ints(4, 1), floats(4, 3)}, one(func(in nodes) *graph.Node {
		return graph.ScatterSum(in[0], in[1], in[2], false, false)
	}), 0},
	{"largest", []shapes.Shape{floats(4, 6)}, one(func(in nodes) *graph.Node { return graph.ArgMax(in[0], 1, dtypes.Int32) }), 0},
	{"pad", []shapes.Shape{floats(4)}, one(func(in nodes) *graph.Node {
		return graph.Pad(in[0], graph.ScalarZero(in[0].Graph(), dtypes.Float32), compute.PadAxis{Start: 1, End: 2})
	}), 0},
	{"sort", []shapes.Shape{floats(3, 5)}, one(func(in nodes) *graph.Node { return graph.Sort(in[0], 1, true) }), compute.OpTypeSort},
	{"part at a place", []shapes.Shape{floats(6, 3)}, one(func(in nodes) *graph.Node {
		place := graph.Const(in[0].Graph(), int32(2))
		part := graph.DynamicSlice(in[0], nodes{place, graph.Const(in[0].Graph(), int32(0))}, []int{1, 3})
		return graph.DynamicUpdateSlice(in[0], graph.Neg(part), nodes{graph.Const(in[0].Graph(), int32(4)), graph.Const(in[0].Graph(), int32(0))})
	}), compute.OpTypeDynamicSlice},
	{"constants", []shapes.Shape{floats(3)}, func(in nodes) nodes {
		g := in[0].Graph()
		return nodes{graph.Iota(g, ints(4), 0), graph.Add(in[0], graph.Const(g, []float32{1, 2, 3}))}
	}, 0},
}

// What is computed for several replicas is what is computed one by one, whichever inputs they share.
func TestProgramIsOneByOne(t *testing.T) {
	const replicas = 3
	for _, m := range models {
		t.Run(m.name, func(t *testing.T) {
			backendtest.Each(t, func(t *testing.T, b compute.Backend) {
				if !m.runsOn(b) {
					return
				}
				for mask := range 1 << len(m.inputs) {
					along := make([]bool, len(m.inputs))
					for i := range along {
						along[i] = mask>>i&1 == 1
					}
					values := m.draw(along, replicas)
					got := run(t, b, m, replica.Plan{Replicas: replicas, Along: along}, values)
					for r := range replicas {
						want := run(t, b, m, replica.Plan{}, m.of(values, along, r))
						require.Len(t, got, len(want))
						for i := range want {
							size := len(want[i])
							require.Len(t, got[i], replicas*size)
							for k, w := range want[i] {
								assert.InDelta(t, w, got[i][r*size+k], 1e-6*max(1, math.Abs(w)), "result %d of replica %d, along: %v", i, r, along)
							}
						}
					}
				}
			})
		})
	}
}

// draw makes values for all inputs, for each replica where they come along.
func (m model) draw(along []bool, replicas int) []any {
	rng := rand.New(rand.NewPCG(1, 2))
	values := make([]any, len(m.inputs))
	for i, s := range m.inputs {
		n := s.Size()
		if along[i] {
			n *= replicas
		}
		if s.DType == dtypes.Int32 {
			flat := make([]int32, n)
			for k := range flat {
				flat[k] = rng.Int32N(6)
			}
			values[i] = flat
			continue
		}
		flat := make([]float32, n)
		for k := range flat {
			flat[k] = float32(rng.NormFloat64())
		}
		values[i] = flat
	}
	return values
}

// of is what one replica has of the values.
func (m model) of(values []any, along []bool, r int) []any {
	own := slices.Clone(values)
	for i, s := range m.inputs {
		if !along[i] {
			continue
		}
		n := s.Size()
		switch v := own[i].(type) {
		case []float32:
			own[i] = v[r*n : (r+1)*n]
		case []int32:
			own[i] = v[r*n : (r+1)*n]
		}
	}
	return own
}

// run gives the results as float64; a plan of no replicas is the plain program.
func run(t *testing.T, b compute.Backend, m model, p replica.Plan, values []any) [][]float64 {
	t.Helper()
	build := func(b compute.Backend) (exe compute.Executable, err error) {
		defer func() {
			if p := recover(); p != nil {
				err = fmt.Errorf("%v", p)
			}
		}()
		g := graph.NewGraph(b, "test")
		var in nodes
		for i, s := range m.inputs {
			in = append(in, graph.Parameter(g, fmt.Sprint("x", i), s))
		}
		if err := g.Compile(m.build(in)...); err != nil {
			return nil, err
		}
		return g.Executable(), nil
	}
	var exe compute.Executable
	var err error
	if p.Replicas == 0 {
		exe, err = build(b)
	} else {
		exe, p, err = replica.Program(b, p, build)
	}
	require.NoError(t, err)
	defer exe.Finalize()
	_, wanted := exe.Inputs()
	in := make([]compute.Buffer, len(values))
	for i, v := range values {
		in[i], err = b.BufferFromFlatData(0, v, wanted[i])
		require.NoError(t, err)
	}
	out, err := exe.Execute(in, make([]bool, len(in)), 0)
	require.NoError(t, err)
	results := make([][]float64, len(out))
	for i, o := range out {
		s, err := o.Shape()
		require.NoError(t, err)
		switch s.DType {
		case dtypes.Float32:
			flat := make([]float32, s.Size())
			require.NoError(t, o.ToFlatData(flat))
			for _, v := range flat {
				results[i] = append(results[i], float64(v))
			}
		case dtypes.Int32:
			flat := make([]int32, s.Size())
			require.NoError(t, o.ToFlatData(flat))
			for _, v := range flat {
				results[i] = append(results[i], float64(v))
			}
		default:
			t.Fatalf("results of %s", s.DType)
		}
	}
	return results
}

// A program that may take more than it is allowed to isn't compiled.
func TestProgramKeepsToItsLimit(t *testing.T) {
	m := models[1]
	build := func(b compute.Backend) (compute.Executable, error) {
		g := graph.NewGraph(b, "test")
		return nil, g.Compile(m.build(nodes{graph.Parameter(g, "a", m.inputs[0]), graph.Parameter(g, "b", m.inputs[1])})...)
	}
	p := replica.Plan{Replicas: 1000, Along: []bool{true, false}, Limit: 1 << 20}
	_, _, err := replica.Program(gobackend.GetBackend(), p, build)
	require.NoError(t, err)
	p.Limit = 1 << 14
	_, _, err = replica.Program(gobackend.GetBackend(), p, build)
	unsupported, ok := replica.Unsupported(err)
	require.True(t, ok, err)
	require.ErrorIs(t, unsupported, compute.ErrNotImplemented)
	p.Replicas = 0
	_, _, err = replica.Program(gobackend.GetBackend(), p, build)
	require.ErrorContains(t, err, "0 replicas")
}

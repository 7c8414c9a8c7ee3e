package devices_test

import (
	"testing"

	"github.com/gomlx/compute"
	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/compute/gobackend"
	"github.com/gomlx/compute/shapes"
	"github.com/stretchr/testify/require"

	"example.com/unstuck/internal/devices"
	"example.com/unstuck/pkg/backend/backendtest"
)

func four(t *testing.T) *devices.Backend {
	t.Helper()
	b, err := devices.Over(backendtest.Devices(t, 4), 4)
	require.NoError(t, err)
	return b
}

func values(t *testing.T, b compute.Buffer, n int) []float32 {
	t.Helper()
	got := make([]float32, n)
	require.NoError(t, b.ToFlatData(got))
	return got
}

// weighted compiles weights·x, [rows] of [rows, 3]·[3], and the sum of it.
func weighted(t *testing.T, b *devices.Backend, rows int, axes []int) (compute.Executable, error) {
	t.Helper()
	builder := b.Builder("weighted")
	inputs := []shapes.Shape{shapes.Make(dtypes.Float32, rows, 3), shapes.Make(dtypes.Float32, 3)}
	var specs, whole []*compute.ShardingSpec
	var err error
	if axes != nil {
		if specs, err = builder.(devices.Builder).Split(inputs, axes); err != nil {
			return nil, err
		}
	} else {
		specs = make([]*compute.ShardingSpec, 2)
	}
	f := builder.Main()
	x, err := f.Parameter("x", inputs[0], specs[0])
	require.NoError(t, err)
	w, err := f.Parameter("w", inputs[1], specs[1])
	require.NoError(t, err)
	product, err := f.DotGeneral(x, []int{1}, nil, w, []int{0}, nil, compute.DotGeneralConfig{})
	require.NoError(t, err)
	sum, err := f.ReduceSum(product)
	require.NoError(t, err)
	results := []compute.Value{product, sum}
	if axes != nil {
		whole, err = builder.(devices.Builder).Whole(results)
		require.NoError(t, err)
	}
	require.NoError(t, f.Return(results, whole))
	return builder.Compile()
}

// A program gives the same on one device and on all of them, whichever way its inputs are split, again and again, and values
// that one has given are taken by the other.
func TestPrograms(t *testing.T) {
	b := four(t)
	x := make([]float32, 8*3)
	for i := range x {
		x[i] = float32(i)
	}
	for name, axes := range map[string][]int{
		"one": nil, "by rows": {0, devices.Whole}, "on all": {devices.Whole, devices.Whole},
	} {
		t.Run(name, func(t *testing.T) {
			program, err := weighted(t, b, 8, axes)
			require.NoError(t, err)
			defer program.Finalize()
			in, err := b.BufferFromFlatData(0, x, shapes.Make(dtypes.Float32, 8, 3))
			require.NoError(t, err)
			w, err := b.BufferFromFlatData(0, []float32{1, 10, 100}, shapes.Make(dtypes.Float32, 3))
			require.NoError(t, err)
			for range 2 {
				out, err := program.Execute([]compute.Buffer{in, w}, []bool{false, false}, 0)
				require.NoError(t, err)
				require.Equal(t, []float32{210, 543, 876, 1209, 1542, 1875, 2208, 2541}, values(t, out[0], 8))
				require.Equal(t, []float32{11004}, values(t, out[1], 1))
				require.NoError(t, out[0].Finalize())
				require.NoError(t, out[1].Finalize())
			}
			_, err = program.Execute([]compute.Buffer{in, w}, []bool{true, true}, 0)
			require.NoError(t, err)
		})
	}
}

func TestSplitAlongAnyAxis(t *testing.T) {
	b := four(t)
	builder := b.Builder("double")
	s := shapes.Make(dtypes.Int32, 3, 8, 2)
	specs, err := builder.(devices.Builder).Split([]shapes.Shape{s}, []int{1})
	require.NoError(t, err)
	f := builder.Main()
	x, err := f.Parameter("x", s, specs[0])
	require.NoError(t, err)
	sum, err := f.Add(x, x)
	require.NoError(t, err)
	whole, err := builder.(devices.Builder).Whole([]compute.Value{sum})
	require.NoError(t, err)
	require.NoError(t, f.Return([]compute.Value{sum}, whole))
	program, err := builder.Compile()
	require.NoError(t, err)
	defer program.Finalize()
	flat, want := make([]int32, s.Size()), make([]int32, s.Size())
	for i := range flat {
		flat[i], want[i] = int32(i), int32(2*i)
	}
	in, err := b.BufferFromFlatData(0, flat, s)
	require.NoError(t, err)
	out, err := program.Execute([]compute.Buffer{in}, []bool{false}, 0)
	require.NoError(t, err)
	got := make([]int32, s.Size())
	require.NoError(t, out[0].ToFlatData(got))
	require.Equal(t, want, got)
}

func TestWhatCannotBe(t *testing.T) {
	b := four(t)
	_, err := weighted(t, b, 6, []int{0, devices.Whole})
	require.ErrorContains(t, err, "4 devices don't divide axis 0")
	_, err = devices.Over(backendtest.Devices(t, 4), 5)
	require.ErrorContains(t, err, "5 devices are asked for")
	_, err = devices.Over(gobackend.GetBackend(), 2)
	require.Error(t, err)
	require.False(t, b.HasSharedBuffers())
	_, _, err = b.NewSharedBuffer(0, shapes.Make(dtypes.Float32, 2))
	require.Error(t, err)
	require.Same(t, b, four(t), "programs are shared by models on the same devices")
}

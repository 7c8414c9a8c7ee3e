package loop

import (
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/unstuck/pkg/backend"
	"example.com/unstuck/pkg/dataset"
)

// Shapes are stretched as NumPy and PyTorch do it, and only where that pairs more numbers than there are.
func TestStretched(t *testing.T) {
	array := func(shape ...int) dataset.Array {
		a := dataset.Array{Shape: shape}
		for i := range elements(shape) {
			a.Values = append(a.Values, float32(i))
		}
		return a
	}
	x, y, ok := stretched(array(2, 1, 2), array(2, 2))
	require.True(t, ok)
	require.Equal(t, []float32{0, 1, 0, 1, 2, 3, 2, 3}, x.Values)
	require.Equal(t, []float32{0, 1, 2, 3, 0, 1, 2, 3}, y.Values)
	x, y, ok = stretched(array(3, 1), array(3))
	require.True(t, ok)
	require.Equal(t, []float32{0, 0, 0, 1, 1, 1, 2, 2, 2}, x.Values)
	require.Equal(t, []float32{0, 1, 2, 0, 1, 2, 0, 1, 2}, y.Values)
	for _, apart := range [][2]dataset.Array{
		{array(3, 2), array(3, 2)},                // one shape
		{array(4, 3), array(4)},                   // don't go together
		{array(4, 3), array(4, 1)},                // targets alone are repeated: one of a row for several outputs
		{array(1, 3), array(3)},                   // the same numbers
		{array(2000, 1), array(1, 2000)},          // too many
		{array(1, 1), array(1)},                   // a single one
		{array(2, 1, 2), dataset.Array{}},         // nothing
		{array(2, 3, 4, 1), array(3, 2, 3, 4, 9)}, // no shape of both
	} {
		_, _, ok := stretched(apart[0], apart[1])
		require.False(t, ok, "%v %v", apart[0].Shape, apart[1].Shape)
	}
}

// A loss of stretched shapes is named, whatever the axes; one of the same numbers in fitting shapes is the claimed one.
func TestALossAcrossAxes(t *testing.T) {
	b, err := backend.Default()
	require.NoError(t, err)
	for _, apart := range []bool{true, false} {
		r, err := Read(unpacked(t, string(Correct)))
		require.NoError(t, err)
		for k := range r.Steps {
			s := &r.Steps[k]
			o, y := s.named("out")[0], s.named("y")[0]
			o.Shape, y.Shape = []int{6, 1, 2}, []int{6, 2}
			s.values = map[string]dataset.Array{"out": o, "y": y}
			if !apart {
				continue
			}
			total := 0.0
			for i := range 6 {
				for j := range 6 {
					for n := range 2 {
						d := float64(o.Values[2*i+n] - y.Values[2*j+n])
						total += d * d / 72
					}
				}
			}
			s.Loss = &total
		}
		all, err := r.replay(t.Context(), b.Backend)
		require.NoError(t, err)
		f, _ := lossDiffers(r, all)
		if !apart {
			require.Nil(t, f)
			continue
		}
		require.NotNil(t, f)
		require.Equal(t, Broadcast, f.Cause)
		require.Contains(t, f.Evidence, acrossAxes)
		require.Contains(t, f.Torch, "reshape(y.shape)")
	}
}

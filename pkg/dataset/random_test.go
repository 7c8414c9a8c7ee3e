package dataset

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestRandomIsUniform(t *testing.T) {
	d, err := Random(20000, []int{3}, []int{1}, 7)
	require.NoError(t, err)
	require.NoError(t, d.Validate())
	require.Equal(t, []int{20000, 3}, d.X.Shape)
	require.Equal(t, []int{20000, 1}, d.Y.Shape)

	var sum, squares float64
	for _, v := range d.Y.Values {
		require.True(t, v >= 0 && v < 1)
		sum += float64(v)
		squares += float64(v) * float64(v)
	}
	n := float64(d.Rows())
	mean := sum / n
	require.InDelta(t, 0.5, mean, 0.01)                    // standard error 0.002
	require.InDelta(t, 1.0/12, squares/n-mean*mean, 0.002) // standard error 0.0005
	require.NotEqual(t, d.X.Values[:20], d.Y.Values[:20], "targets are drawn apart from the inputs")
}

func TestRandomFollowsItsSeed(t *testing.T) {
	first, err := Random(10, []int{4, 2}, nil, 1)
	require.NoError(t, err)
	same, err := Random(10, []int{4, 2}, nil, 1)
	require.NoError(t, err)
	other, err := Random(10, []int{4, 2}, nil, 2)
	require.NoError(t, err)
	require.Equal(t, first, same)
	require.NotEqual(t, first.X.Values, other.X.Values)
	require.Equal(t, []int{10, 4, 2}, first.X.Shape)
	require.Equal(t, []int{10}, first.Y.Shape)
}

func TestRandomRefuses(t *testing.T) {
	for name, call := range map[string]func() error{
		"zero rows":     func() error { _, err := Random(0, []int{1}, []int{1}, 0); return err },
		"negative rows": func() error { _, err := Random(-1, []int{1}, []int{1}, 0); return err },
		"empty axis":    func() error { _, err := Random(1, []int{0}, []int{1}, 0); return err },
		"negative axis": func() error { _, err := Random(1, []int{1}, []int{-1}, 0); return err },
		"too large":     func() error { _, err := Random(1<<30, []int{1 << 30}, []int{1}, 0); return err },
	} {
		t.Run(name, func(t *testing.T) { require.Error(t, call()) })
	}
}

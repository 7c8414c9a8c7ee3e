package dataset

import (
	"math"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

func several() Data {
	a := func(values ...float32) Array { return Array{Shape: []int{len(values), 1}, Values: values} }
	return Data{X: a(1, 2, 3), MoreX: []Array{a(4, 5, 6)}, Y: a(7, 8, 9), MoreY: []Array{a(10, 11, 12)}}
}

// Whatever takes rows takes those of every array.
func TestSeveralInputsAndOutputsKeepTogether(t *testing.T) {
	d := several()
	require.NoError(t, d.Validate())
	taken, err := d.Take([]int{2, 0})
	require.NoError(t, err)
	part := d.Range(1, 3)
	for i, first := range []float32{1, 4, 7, 10} {
		all := func(d Data) []float32 { return append(d.Inputs(), d.Outputs()...)[i].Values }
		require.Equal(t, []float32{first + 2, first}, all(taken))
		require.Equal(t, []float32{first + 1, first + 2}, all(part))
	}
	shuffled, err := d.Shuffle(1)
	require.NoError(t, err)
	for i, x := range shuffled.X.Values {
		require.Equal(t, []float32{x + 3, x + 6, x + 9},
			[]float32{shuffled.MoreX[0].Values[i], shuffled.Y.Values[i], shuffled.MoreY[0].Values[i]})
	}
}

func TestSeveralInputsAndOutputsInANPZ(t *testing.T) {
	path := filepath.Join(t.TempDir(), "data.npz")
	inputs, outputs := []string{"left", "right"}, []string{"price", "class"}
	require.ErrorContains(t, WriteNPZ(path, several()), "2 inputs and 2 outputs")
	require.NoError(t, WriteNPZNamed(path, several(), inputs, outputs))
	d, err := ReadNPZNamed(path, inputs, outputs)
	require.NoError(t, err)
	require.Equal(t, several(), d)
	_, err = ReadNPZNamed(path, []string{"left", "middle"}, outputs)
	require.ErrorContains(t, err, `array "middle": there is no such array; there are ["left" "right" "price" "class"]`)
	_, err = ReadNPZNamed(path, nil, outputs)
	require.Error(t, err)
	require.Error(t, WriteCSV(path, several()))
}

func TestSeveralInputsAndOutputsAreChecked(t *testing.T) {
	d := several()
	d.MoreX = []Array{d.MoreX[0].Range(0, 2)}
	require.ErrorContains(t, d.ValidateShapes(), "x has 3 rows, MoreX[0] has 2")
	d = several()
	d.MoreY[0].Values[1] = float32(math.NaN())
	require.NoError(t, d.ValidateShapes())
	require.ErrorIs(t, d.Validate(), ErrNotFinite)
	require.ErrorContains(t, d.Validate(), "MoreY[0]")
}

package dataset

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestStandardize(t *testing.T) {
	d := Data{
		X: Array{[]int{4, 3}, []float32{1, 0.1, 10, 2, 0.1, 20, 3, 0.1, 30, 6, 0.1, 60}},
		Y: Array{[]int{4}, []float32{1, 2, 3, 4}},
	}
	before := append([]float32(nil), d.X.Values...)
	scaled, scaler, err := d.Standardize()
	require.NoError(t, err)
	require.Equal(t, before, d.X.Values, "the original stays as it is")
	require.Equal(t, []int{1}, scaler.Constant)
	deviation := math.Sqrt(3.5) // of 1, 2, 3, 6 around 3
	for row, v := range []float64{1, 2, 3, 6} {
		require.InDelta(t, (v-3)/deviation, scaled.X.Row(row)[0], 1e-6)
		require.Zero(t, scaled.X.Row(row)[1])
		require.InDelta(t, (v-3)/deviation, scaled.X.Row(row)[2], 1e-6)
	}
	back, err := scaler.Invert(scaled.X)
	require.NoError(t, err)
	require.InDeltaSlice(t, before, back.Values, 1e-5)

	fresh, err := scaler.Apply(Array{[]int{1, 3}, []float32{3, 0.1, 30 + float32(10*deviation)}})
	require.NoError(t, err)
	require.InDeltaSlice(t, []float32{0, 0, 1}, fresh.Values, 1e-6)
	_, err = scaler.Apply(Array{[]int{1, 2}, []float32{1, 2}})
	require.ErrorIs(t, err, ErrShape)
}

func TestStandardizeTargets(t *testing.T) {
	y := Array{[]int{4}, []float32{1, 2, 3, 6}}
	scaled, scaler, err := y.Standardize()
	require.NoError(t, err)
	require.Equal(t, []float32{1, 2, 3, 6}, y.Values, "the original stays as it is")
	deviation := math.Sqrt(3.5)
	require.InDeltaSlice(t, []float64{-2 / deviation, -1 / deviation, 0, 3 / deviation}, scaled.Values, 1e-6)
	back, err := scaler.Invert(scaled)
	require.NoError(t, err)
	require.InDeltaSlice(t, y.Values, back.Values, 1e-6)
	_, _, err = Array{[]int{2}, []float32{1, float32(math.NaN())}}.Standardize()
	require.Error(t, err)
}

func TestStandardizeSequences(t *testing.T) {
	d, err := Random(50, []int{4, 2}, []int{1}, 5)
	require.NoError(t, err)
	scaled, scaler, err := d.Standardize()
	require.NoError(t, err)
	require.Len(t, scaler.Mean, 2, "one a feature, over rows and steps")
	require.Equal(t, d.X.Shape, scaled.X.Shape)
	again, err := FitScaler(scaled.X)
	require.NoError(t, err)
	require.InDeltaSlice(t, []float64{0, 0}, again.Mean, 1e-6)
	require.InDeltaSlice(t, []float64{1, 1}, again.Scale, 1e-6)
}

// Of images with the channels first each channel is a column, not each place along the width.
func TestScalerAlongChannels(t *testing.T) {
	a := Array{[]int{2, 2, 1, 3}, []float32{1, 2, 3, 10, 20, 30, 4, 5, 6, 40, 50, 60}}
	scaler, err := FitScalerAlong(a, 1)
	require.NoError(t, err)
	require.InDeltaSlice(t, []float64{3.5, 35}, scaler.Mean, 1e-9)
	require.InDeltaSlice(t, []float64{math.Sqrt(17.5 / 6), 10 * math.Sqrt(17.5/6)}, scaler.Scale, 1e-9)
	scaled, err := scaler.Apply(a)
	require.NoError(t, err)
	require.InDeltaSlice(t, scaled.Values[:3], scaled.Values[3:6], 1e-6, "both channels alike")
	back, err := scaler.Invert(scaled)
	require.NoError(t, err)
	require.InDeltaSlice(t, a.Values, back.Values, 1e-5)
	scaler, err = FitScalerAlong(Array{[]int{2, 2, 2}, []float32{7, 7, 1, 2, 7, 7, 3, 4}}, 1)
	require.NoError(t, err)
	require.Equal(t, []int{0}, scaler.Constant)
	require.Equal(t, []float64{7, 2.5}, scaler.Mean)
	for _, axis := range []int{-1, 4} {
		_, err = FitScalerAlong(a, axis)
		require.ErrorIs(t, err, ErrShape)
	}
	_, err = Scaler{Axis: 3, Mean: []float64{0}, Scale: []float64{1}}.Apply(Array{[]int{2, 1}, []float32{1, 2}})
	require.ErrorIs(t, err, ErrShape)
}

func TestStandardizeRefuses(t *testing.T) {
	d := sample()
	d.X.Values[2] = float32(math.NaN())
	_, _, err := d.Standardize()
	require.ErrorIs(t, err, ErrNotFinite)
	_, err = FitScaler(d.X)
	require.ErrorIs(t, err, ErrNotFinite)
	_, err = FitScaler(Array{})
	require.ErrorIs(t, err, ErrNoRows)
	_, err = Scaler{}.Apply(sample().X)
	require.ErrorIs(t, err, ErrShape)
}

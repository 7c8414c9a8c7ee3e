package fit

import (
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/unstuck/pkg/dataset"
)

// TestTakeRows takes rows of data that is large enough for several processors, and of little and no data.
func TestTakeRows(t *testing.T) {
	const size, all = 300, 700
	data, err := dataset.Random(all, []int{size / 2, 2}, []int{1}, 7)
	require.NoError(t, err)
	data.SampleWeight = make([]float32, all)
	for i := range data.SampleWeight {
		data.SampleWeight[i] = float32(i)
	}
	for _, n := range []int{0, 1, 3 * worthAPart / size, all} {
		rows := make([]int32, n)
		for i := range rows {
			rows[i] = rand.Int32N(all)
		}
		got := takeRows(data, rows)
		require.Equal(t, []int{n, size / 2, 2}, got.X.Shape)
		require.Len(t, got.SampleWeight, n)
		for i, r := range rows {
			require.Equal(t, data.X.Values[int(r)*size:int(r+1)*size], got.X.Values[i*size:(i+1)*size])
			require.Equal(t, data.Y.Values[r], got.Y.Values[i])
			require.Equal(t, float32(r), got.SampleWeight[i])
		}
	}
	data.SampleWeight = nil
	require.Nil(t, takeRows(data, []int32{1}).SampleWeight)
}

// TestInParts visits everything once, however it is divided.
func TestInParts(t *testing.T) {
	for _, n := range []int{0, 1, 2, 7, 1000} {
		for _, size := range []int{0, 1, worthAPart} {
			visits := make([]int, n)
			inParts(n, size, func(from, to int) {
				for i := from; i < to; i++ {
					visits[i]++
				}
			})
			for i, v := range visits {
				require.Equal(t, 1, v, "%d of %d, size %d", i, n, size)
			}
		}
	}
}

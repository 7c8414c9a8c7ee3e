package loop

import (
	"encoding/json"
	"math/rand"
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/unstuck/pkg/dataset"
)

// drawn are steps of 16 rows of 24, drawn with replacement; target gives that of a row.
func drawn(random *rand.Rand, target func(row int) float32) *Recording {
	r := &Recording{Loss: json.RawMessage(`{"class": "MSELoss"}`)}
	for k := range 10 {
		x, y := dataset.Array{Shape: []int{16, 1}}, dataset.Array{Shape: []int{16, 1}}
		for range 16 {
			row := random.Intn(24)
			x.Values, y.Values = append(x.Values, float32(row)), append(y.Values, target(row))
		}
		r.Steps = append(r.Steps, Step{Number: k + 1, Arrayed: true, values: map[string]dataset.Array{"x": x, "y": y}})
	}
	return r
}

// Rows that come again with other targets are misaligned, but for data in which equal rows have several targets by their nature.
func TestRowsThatComeAgain(t *testing.T) {
	random := rand.New(rand.NewSource(1))
	class := func(row int) float32 { return float32(row % 3) }
	anyClass := func(int) float32 { return class(random.Intn(24)) }
	for what, target := range map[string]func(row int) float32{
		"each row has its target":                  class,
		"targets that are computed anew each time": func(int) float32 { return random.Float32() },
		"noise in the data, of which equal rows have several targets": func(row int) float32 {
			if random.Intn(10) < 3 {
				return float32(random.Intn(3))
			}
			return class(row)
		},
	} {
		random.Seed(1) // the cases come in any order
		f, remark := misalignedRows(drawn(random, target))
		require.Nil(t, f, what)
		require.Empty(t, remark, what)
	}
	random.Seed(1)
	rewarded := drawn(random, anyClass)
	for k := range rewarded.Steps { // less a mean that moves, a batch has few targets, each of many rows, and no other batch has them
		y := rewarded.Steps[k].values["y"]
		for i := range y.Values {
			y.Values[i] -= float32(k) / 100
		}
	}
	f, _ := misalignedRows(rewarded)
	require.Nil(t, f, "what an action drew, less a baseline")
	random.Seed(1)
	f, remark := misalignedRows(drawn(random, anyClass))
	require.NotNil(t, f, "targets of rows that were drawn anew")
	require.Equal(t, MisalignedTargets, f.Cause)
	require.Empty(t, remark)

	unclaimed := drawn(random, anyClass)
	unclaimed.Loss = nil
	f, remark = misalignedRows(unclaimed)
	require.Nil(t, f, "what y is isn't known: an action perhaps")
	require.Contains(t, remark, "came with another y")
	own := 0.5
	unclaimed.Steps[0].Claimed = &own
	f, _ = misalignedRows(unclaimed)
	require.NotNil(t, f, "a loss of the user's is a claim, too")
}

// The same rows at every step are a fault where there are others, and none where they are all there are.
func TestSameRows(t *testing.T) {
	steps := func(same bool, memory, loader int, whole bool) *Recording {
		r := &Recording{}
		for k := range 5 {
			x := dataset.Array{Shape: []int{3, 1}, Values: []float32{1, 2, 3}}
			r.Steps = append(r.Steps, Step{Number: k + 1, SameObject: same && k > 0, MemoryRows: memory, LoaderRows: loader, Whole: whole, values: map[string]dataset.Array{"x": x}})
		}
		return r
	}
	require.NotNil(t, sameBatch(steps(false, 3, 0, false)), "put together anew")
	require.NotNil(t, sameBatch(steps(false, 9, 0, false)), "a part of a tensor")
	require.NotNil(t, sameBatch(steps(true, 3, 9, false)), "a loader has more")
	require.Nil(t, sameBatch(steps(true, 3, 0, false)), "all rows at every step")
	require.Nil(t, sameBatch(steps(true, 9, 0, false)), "a split of the data, whole at every step")
	require.Nil(t, sameBatch(steps(false, 3, 0, true)), "all rows through a loader")
	require.NotNil(t, sameBatch(steps(false, 3, 9, true)), "a loader has more, whatever else is as large as its batch")
	other := steps(false, 3, 0, false)
	other.Steps[4].values["x"] = dataset.Array{Shape: []int{3, 1}, Values: []float32{3, 2, 1}}
	require.Nil(t, sameBatch(other), "in another order: all rows, mixed")
}

package doctor

import (
	"context"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
)

// drawn is a table of rows with two columns of targets: a step of |x₀|, which neither a plane nor, among so many features, a
// neighbourhood sees, and noise.
func drawn(rows, features int, seed uint64) table {
	rng := rand.New(rand.NewPCG(seed, 2))
	var t table
	for i := range rows {
		x := make([]float64, features)
		for j := range x {
			x[j] = rng.NormFloat64()
		}
		step := 0.0
		if math.Abs(x[0]) > 0.7 {
			step = 1
		}
		t.x, t.y, t.rows = append(t.x, x), append(t.y, []float64{step, rng.NormFloat64()}), append(t.rows, i)
	}
	standardizeColumns(t.x)
	t.mean, t.scale = standardizeColumns(t.y)
	return t
}

func TestBoostedTreesSeeSteps(t *testing.T) {
	all := drawn(600, 20, 1)
	train, held := table{x: all.x[:400], y: all.y[:400]}, table{x: all.x[400:], y: all.y[400:]}
	stages, err := boosted(context.Background(), train, held, treeStages)
	require.NoError(t, err)
	require.Len(t, stages, len(treeStages))
	residual, total := 0.0, 0.0
	for i, p := range stages[len(stages)-1] {
		y := held.y[i][0]
		residual += (y - p[0]) * (y - p[0])
		total += y * y
	}
	require.Greater(t, 1-residual/total, 0.8)

	ended, end := context.WithCancel(context.Background())
	end()
	_, err = boosted(ended, train, held, treeStages)
	require.ErrorIs(t, err, context.Canceled)
}

// A tree is the same as the best of all cuts, looked for one by one.
func TestFirstCutIsTheBest(t *testing.T) {
	data := drawn(200, 3, 4)
	b := newBinned(data.x)
	grown := b.grow(data.y, make([]int, 200), 1)
	best, feature, edge := 0.0, -1, 0.0
	for j := range 3 {
		for _, cut := range b.edges[j] {
			gain, n := 0.0, [2]float64{}
			sums := [2][2]float64{}
			for i, x := range data.x {
				side := 0
				if x[j] > cut {
					side = 1
				}
				n[side]++
				sums[side][0] += data.y[i][0]
				sums[side][1] += data.y[i][1]
			}
			if min(n[0], n[1]) < treeLeaf {
				continue
			}
			for side := range 2 {
				for c := range 2 {
					gain += sums[side][c] * sums[side][c] / (n[side] + treeRidge)
				}
			}
			if gain > best {
				best, feature, edge = gain, j, cut
			}
		}
	}
	require.Equal(t, feature, grown.feature[0])
	require.Equal(t, edge, grown.edge[0])
	for i, leaf := range []int{grown.leaf(data.x[0]), grown.leaf(data.x[1])} {
		require.Less(t, leaf, 8, "row %d", i)
	}
}

// Constant features and targets, and fewer rows than a leaf needs, leave nothing to cut.
func TestNothingToCut(t *testing.T) {
	flat := table{x: [][]float64{{0}, {0}, {0}}, y: [][]float64{{0}, {0}, {0}}}
	stages, err := boosted(context.Background(), flat, flat, []int{3})
	require.NoError(t, err)
	require.Equal(t, [][][]float64{{{0}, {0}, {0}}}, stages)
}

package doctor

import (
	"context"
	"math"
	"slices"
)

// Boosted trees judge what neither a plane nor a neighbourhood sees: steps, and few features among many. They are our own because
// no library fits: leaves only predicts, randomForest only classifies, golearn and CloudForest are no longer kept.
//
// Friedman 2001: each tree is fitted to what the trees before it leave, with squared error, and counts a tenth. Trees are shallow
// and see each feature in bins of equal frequency, as LightGBM's do. A leaf holds one number for each column of targets.
const (
	treeDepth  = 3
	treeShrink = 0.1
	treeBins   = 32
	treeLeaf   = 5   // rows at least in a leaf
	treeRidge  = 1.0 // rows that say nothing, added to each leaf
)

// treeStages are the numbers of trees at which predictions are taken: which is best depends on how noisy the data are.
var treeStages = []int{5, 15, 40, 100}

// treeWork bounds the additions of one cross-validation: about two seconds.
const treeWork = 2e9

// treeStagesFor leaves the later stages out where there is so much to look at that they would take too long.
func treeStagesFor(t table) []int {
	each := float64(len(t.x)) * float64(min(len(t.x[0]), mostSplitFeatures)) * float64(len(t.y[0])) * treeDepth * judgeFolds
	n := len(treeStages)
	for n > 1 && each*float64(treeStages[n-1]) > treeWork {
		n--
	}
	return treeStages[:n]
}

// boosted predicts rows by trees that were fitted to others: [stage][row][column].
func boosted(ctx context.Context, train, rows table, stages []int) ([][][]float64, error) {
	b := newBinned(train.x)
	columns := len(train.y[0])
	left, predicted := cloneRows(train.y), zeros(len(rows.x), columns)
	at := make([]int, len(train.x)) // the leaf of each row
	var taken [][][]float64
	for round := 1; round <= stages[len(stages)-1]; round++ {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		tree := b.grow(left, at, round)
		for i, leaf := range at {
			for j, v := range tree.leaves[leaf] {
				left[i][j] -= treeShrink * v
			}
		}
		for i, x := range rows.x {
			for j, v := range tree.leaves[tree.leaf(x)] {
				predicted[i][j] += treeShrink * v
			}
		}
		if slices.Contains(stages, round) {
			taken = append(taken, cloneRows(predicted))
		}
	}
	return taken, nil
}

// binned is features in bins: edges[j] are the upper ends of those of feature j but the last, code[j][row] the row's bin.
type binned struct {
	edges [][]float64
	code  [][]uint8
}

func newBinned(x [][]float64) binned {
	features := len(x[0])
	b := binned{edges: make([][]float64, features), code: make([][]uint8, features)}
	column := make([]float64, len(x))
	for j := range features {
		for i, row := range x {
			column[i] = row[j]
		}
		sorted := slices.Sorted(slices.Values(column))
		for k := 1; k < treeBins; k++ {
			low, high := sorted[k*(len(sorted)-1)/treeBins], sorted[len(sorted)-1]
			if n := len(b.edges[j]); low < high && (n == 0 || b.edges[j][n-1] < low) {
				b.edges[j] = append(b.edges[j], low)
			}
		}
		b.code[j] = make([]uint8, len(x))
		for i, v := range column {
			k, _ := slices.BinarySearch(b.edges[j], v)
			b.code[j][i] = uint8(k)
		}
	}
	return b
}

// mostSplitFeatures is how many features a tree looks at; beyond, each tree looks at others.
const mostSplitFeatures = 48

// tree holds its splits as a heap: those of node n are 2n+1 and 2n+2, the last level are the leaves.
type tree struct {
	feature []int // −1: all rows go left
	edge    []float64
	leaves  [][]float64
}

func (t tree) leaf(x []float64) int {
	n := 0
	for range treeDepth {
		n = 2*n + 1
		if f := t.feature[(n-1)/2]; f >= 0 && x[f] > t.edge[(n-1)/2] {
			n++
		}
	}
	return n - (1<<treeDepth - 1)
}

// grow fits one tree to what is left and puts the leaf of each row into at.
func (b binned) grow(left [][]float64, at []int, round int) tree {
	columns, nodes := len(left[0]), 1<<treeDepth-1
	t := tree{feature: make([]int, nodes), edge: make([]float64, nodes)}
	clear(at)
	first := 0 // of the level
	for level := range treeDepth {
		width := 1 << level
		gain := make([]float64, width)
		bin := make([]int, width)
		for n := range width {
			t.feature[first+n] = -1
		}
		for k := range min(mostSplitFeatures, len(b.code)) {
			j := k
			if len(b.code) > mostSplitFeatures {
				j = (round*mostSplitFeatures + k) % len(b.code)
			}
			sums, counts := make([]float64, width*treeBins*columns), make([]float64, width*treeBins)
			for i, code := range b.code[j] {
				cell := at[i]*treeBins + int(code)
				counts[cell]++
				for c, v := range left[i] {
					sums[cell*columns+c] += v
				}
			}
			for n := range width {
				g, cut := bestCut(sums[n*treeBins*columns:(n+1)*treeBins*columns], counts[n*treeBins:(n+1)*treeBins], columns, len(b.edges[j]))
				if g > gain[n] {
					gain[n], bin[n], t.feature[first+n], t.edge[first+n] = g, cut, j, b.edges[j][cut]
				}
			}
		}
		for i := range at {
			f := t.feature[first+at[i]]
			right := f >= 0 && int(b.code[f][i]) > bin[at[i]]
			if at[i] *= 2; right {
				at[i]++
			}
		}
		first += width
	}
	t.leaves = zeros(1<<treeDepth, columns)
	counts := make([]float64, 1<<treeDepth)
	for i, leaf := range at {
		counts[leaf]++
		for c, v := range left[i] {
			t.leaves[leaf][c] += v
		}
	}
	for leaf, row := range t.leaves {
		for c := range row {
			row[c] /= counts[leaf] + treeRidge
		}
	}
	return t
}

// bestCut is the bin behind which to cut, and what that takes from the squared error.
func bestCut(sums, counts []float64, columns, cuts int) (gain float64, cut int) {
	total, all := make([]float64, columns), 0.0
	for k, n := range counts {
		all += n
		for c := range columns {
			total[c] += sums[k*columns+c]
		}
	}
	worth := func(sum []float64, n float64) (w float64) {
		for _, s := range sum {
			w += s * s / (n + treeRidge)
		}
		return w
	}
	whole := worth(total, all)
	low, high, below := make([]float64, columns), make([]float64, columns), 0.0
	for k := range cuts {
		below += counts[k]
		for c := range columns {
			low[c] += sums[k*columns+c]
			high[c] = total[c] - low[c]
		}
		if below < treeLeaf || all-below < treeLeaf {
			continue
		}
		if g := worth(low, below) + worth(high, all-below) - whole; g > gain {
			gain, cut = g, k
		}
	}
	if math.IsNaN(gain) {
		return 0, 0
	}
	return gain, cut
}

func cloneRows(rows [][]float64) [][]float64 {
	out := make([][]float64, len(rows))
	for i, r := range rows {
		out[i] = slices.Clone(r)
	}
	return out
}

func zeros(rows, columns int) [][]float64 {
	out := make([][]float64, rows)
	for i := range out {
		out[i] = make([]float64, columns)
	}
	return out
}

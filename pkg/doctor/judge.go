package doctor

import (
	"context"
	"math"
	"math/rand/v2"
	"slices"

	"example.com/unstuck/pkg/loss"
	"example.com/unstuck/pkg/training"
)

// Signal is what the inputs tell about the targets: for four judges that know nothing of the model, the share
// of the targets' variance that they explain on rows they were not fitted to. NaN: not asked.
type Signal struct {
	Linear     float64 // ridge regression, the best of 3 penalties, 5-fold cross-validation
	Neighbours float64 // mean of the 10 or 30 nearest rows, leaving one out
	Trees      float64 // up to 100 boosted trees, 5-fold cross-validation
	Network    float64 // 2 × 64 relu units with Adam, stopped at its best on a held-out quarter

	Asked bool // false for fewer rows than judges need: a truth table of 8 rows has none to hold out
}

// Best is what the best judge explains.
func (s Signal) Best() float64 {
	best := math.Inf(-1)
	for _, v := range []float64{s.Linear, s.Neighbours, s.Trees, s.Network} {
		if v > best {
			best = v
		}
	}
	return best
}

// signalLimit is the share of the variance from which on there is something to learn. Judges on pure noise
// stay below it: with the few hundred rows that a training has, chance makes ±0.02.
const signalLimit = 0.1

// Found tells whether some judge found something; true where none could be asked.
func (s Signal) Found() bool { return !s.Asked || s.Best() > signalLimit }

// leastRows is how many rows judges need.
const leastRows = 40

// Judges look at up to judgeRows rows, and at fewer where rows are so wide that they would take more than judgeWork
// multiplications: their cost grows with the square of the rows.
const (
	judgeRows = 2000
	judgeWork = 6e9
)

// rowsToJudge is how many rows of a width judges look at.
func rowsToJudge(width int) int {
	return int(min(judgeRows, math.Sqrt(judgeWork/float64(max(1, width)))))
}

// table is data as the judges want it: standardized columns, targets as numbers.
type table struct {
	x, y        [][]float64
	rows        []int     // where each row stands in the data
	mean, scale []float64 // of the columns of y before; a scale of +Inf: it is constant
}

// newTable takes up to [rowsToJudge] rows whose values are finite, in a random order, with the targets of one output; all
// of them where its name is empty.
func newTable(c training.Training, l Look, name string) table {
	d := c.Data
	order := rand.New(rand.NewPCG(uint64(c.Seed), 0x6a75646765)).Perm(d.Rows())
	bad := map[int]bool{}
	for _, row := range d.NonFiniteRows() {
		bad[row] = true
	}
	outputs := slices.DeleteFunc((&Patient{Training: c, Look: l}).outputs(), func(o output) bool { return name != "" && o.Name != name })
	width := 0
	var reads []func(row int) []float64
	for i, input := range d.Inputs() {
		read, columns := readerOf(c, input)
		reads = append(reads, read)
		width += columns
		if pooled, columns := pooledReader(c, i); columns > 0 {
			reads = append(reads, pooled)
			width += columns
		}
	}
	for _, o := range outputs {
		width += max(o.classes(), o.Targets.RowSize())
	}
	most := rowsToJudge(width)
	var t table
	for _, row := range order {
		if bad[row] || len(t.x) == most {
			continue
		}
		var x, y []float64
		for _, read := range reads {
			x = append(x, read(row)...)
		}
		for _, o := range outputs {
			y = append(y, o.numbers(row)...)
		}
		t.x, t.y, t.rows = append(t.x, x), append(t.y, y), append(t.rows, row)
	}
	standardizeColumns(t.x)
	t.mean, t.scale = standardizeColumns(t.y)
	return t
}

// classes is how many classes an output tells apart by their numbers; 0: its targets are no class numbers.
func (o output) classes() int {
	if _, sparse := o.Loss.(loss.SparseCategoricalCrossentropy); sparse || o.look.isClasses() && o.look.Distinct > 2 {
		return len(o.look.Classes)
	}
	return 0
}

// numbers are the targets of a row, one-hot for classes.
func (o output) numbers(row int) []float64 {
	y := widened(o.Targets.Row(row))
	classes := o.classes()
	if classes == 0 {
		return y
	}
	one := make([]float64, classes)
	if k := int(y[0]); k >= 0 && k < classes {
		one[k] = 1
	}
	return one
}

func widened(values []float32) []float64 {
	out := make([]float64, len(values))
	for i, v := range values {
		out[i] = float64(v)
	}
	return out
}

// standardizeColumns returns what it takes off the columns and divides them by; +Inf for constant ones, which become 0.
func standardizeColumns(rows [][]float64) (means, scales []float64) {
	if len(rows) == 0 {
		return nil, nil
	}
	n := float64(len(rows))
	for j := range rows[0] {
		mean, square := 0.0, 0.0
		low, high := math.Inf(1), math.Inf(-1)
		for _, r := range rows {
			mean += r[j] / n
			low, high = min(low, r[j]), max(high, r[j])
		}
		for _, r := range rows {
			square += (r[j] - mean) * (r[j] - mean) / n
		}
		scale := math.Sqrt(square)
		if alike(low, high) || scale == 0 {
			scale = math.Inf(1)
		}
		for _, r := range rows {
			r[j] = (r[j] - mean) / scale
		}
		means, scales = append(means, mean), append(scales, scale)
	}
	return means, scales
}

// signalOf asks the judges that cost little. The error is ctx's.
func signalOf(ctx context.Context, t table) (Signal, []opinion, error) {
	nan := math.NaN()
	s := Signal{Linear: nan, Neighbours: nan, Trees: nan, Network: nan}
	if len(t.x) < leastRows {
		return s, nil, nil
	}
	s.Asked = true
	all, err := opinions(ctx, t)
	for _, o := range all {
		of := map[string]*float64{byRidge: &s.Linear, byNeighbours: &s.Neighbours, byTrees: &s.Trees}[o.judge]
		if e := o.explained(t); !(*of >= e) {
			*of = e
		}
	}
	return s, all, err
}

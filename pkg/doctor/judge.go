package doctor

import (
	"context"
	"math"
	"math/rand/v2"
	"slices"

	"example.com/unstuck/pkg/dataset"
	"example.com/unstuck/pkg/fit"
	"example.com/unstuck/pkg/fit/callback"
	"example.com/unstuck/pkg/loss"
	"example.com/unstuck/pkg/nn"
	"example.com/unstuck/pkg/optim"
	"example.com/unstuck/pkg/training"
)

// Signal is what the inputs tell about the targets: for three judges that know nothing of the model, the share
// of the targets' variance that they explain on rows they were not fitted to. NaN: not asked.
type Signal struct {
	Linear     float64 // ridge regression, 5-fold cross-validation
	Neighbours float64 // mean of the 10 nearest rows, leaving one out
	Network    float64 // 2 × 64 relu units with Adam, stopped at its best on held-out rows

	Asked bool // false for fewer rows than judges need: a truth table of 8 rows has none to hold out
}

// Best is what the best judge explains.
func (s Signal) Best() float64 {
	best := math.Inf(-1)
	for _, v := range []float64{s.Linear, s.Neighbours, s.Network} {
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
type table struct{ x, y [][]float64 }

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
	reads := make([]func(row int) []float64, len(d.Inputs()))
	for i, input := range d.Inputs() {
		var columns int
		reads[i], columns = readerOf(c, input)
		width += columns
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
		t.x, t.y = append(t.x, x), append(t.y, y)
	}
	standardizeColumns(t.x)
	standardizeColumns(t.y)
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

func standardizeColumns(rows [][]float64) {
	if len(rows) == 0 {
		return
	}
	n := float64(len(rows))
	for j := range rows[0] {
		mean, square := 0.0, 0.0
		for _, r := range rows {
			mean += r[j] / n
		}
		for _, r := range rows {
			square += (r[j] - mean) * (r[j] - mean) / n
		}
		scale := math.Sqrt(square)
		if scale <= 1e-7*math.Abs(mean) || scale == 0 {
			scale = math.Inf(1)
		}
		for _, r := range rows {
			r[j] = (r[j] - mean) / scale
		}
	}
}

// quickSignal asks the two judges that cost little. The error is ctx's.
func quickSignal(ctx context.Context, t table) (Signal, error) {
	s := Signal{Linear: math.NaN(), Neighbours: math.NaN(), Network: math.NaN()}
	if len(t.x) < leastRows {
		return s, nil
	}
	s.Asked = true
	var err error
	if s.Linear, err = ridgeScore(ctx, t); err != nil {
		return s, err
	}
	s.Neighbours, err = neighboursScore(ctx, t)
	return s, err
}

// neighboursScore predicts each row by the mean of its nearest ones.
func neighboursScore(ctx context.Context, t table) (float64, error) {
	k := min(10, len(t.x)/4)
	residual, total := 0.0, 0.0
	nearest := make([]int, k)
	distance := make([]float64, k)
	for i, x := range t.x {
		if err := ctx.Err(); err != nil {
			return 0, err
		}
		found := 0
		for j, other := range t.x {
			if i == j {
				continue
			}
			limit := math.Inf(1)
			if found == k {
				limit = distance[k-1]
			}
			d := squaredDistance(x, other, limit)
			if d >= limit {
				continue
			}
			at := min(found, k-1)
			for at > 0 && distance[at-1] > d {
				distance[at], nearest[at] = distance[at-1], nearest[at-1]
				at--
			}
			distance[at], nearest[at] = d, j
			found = min(found+1, k)
		}
		for col, y := range t.y[i] {
			mean := 0.0
			for _, j := range nearest[:found] {
				mean += t.y[j][col] / float64(found)
			}
			residual += (y - mean) * (y - mean)
			total += y * y
		}
	}
	return 1 - residual/total, nil
}

func squaredDistance(a, b []float64, limit float64) float64 {
	sum := 0.0
	for i := range a {
		d := a[i] - b[i]
		if sum += d * d; sum >= limit {
			break
		}
	}
	return sum
}

// networkScore trains a network that suits most small problems, and returns what it explains on the last
// quarter of the rows at its best epoch.
func networkScore(ctx context.Context, t table, seed int64) (float64, error) {
	rows, outputs := len(t.x), len(t.y[0])
	d := dataset.Data{X: dataset.Array{Shape: []int{rows, len(t.x[0])}}, Y: dataset.Array{Shape: []int{rows, outputs}}}
	for i := range t.x {
		for _, v := range t.x[i] {
			d.X.Values = append(d.X.Values, float32(v))
		}
		for _, v := range t.y[i] {
			d.Y.Values = append(d.Y.Values, float32(v))
		}
	}
	net := nn.Sequential{nn.Dense{Units: 64, Activation: nn.ReLU{}}, nn.Dense{Units: 64, Activation: nn.ReLU{}}, nn.Dense{Units: outputs}}
	m, err := fit.Compile(net, optim.Adam(2e-3), loss.MSE{}, fit.Options{Backend: pureGo(), Seed: seed})
	if err != nil {
		return 0, err
	}
	const updates = 1200
	h, err := m.Fit(ctx, d, fit.Config{Epochs: max(1, updates*32/rows), ValidationSplit: 0.25, Callbacks: []fit.Callback{&callback.EarlyStopping{Patience: 8}}})
	if err != nil {
		return 0, err
	}
	held := d.Range(int(float64(rows)*0.75), rows)
	variance, err := loss.BestConstant(loss.MSE{}, held.Y.Values, held.Y.Shape, nil)
	if err != nil || variance == 0 {
		return math.NaN(), err
	}
	best := math.Inf(1)
	for _, v := range h.ValidationLoss() {
		best = min(best, v)
	}
	return 1 - best/variance, nil
}

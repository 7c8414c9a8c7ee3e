package doctor

import (
	"context"
	"math"

	"example.com/unstuck/pkg/dataset"
	"example.com/unstuck/pkg/fit"
	"example.com/unstuck/pkg/fit/callback"
	"example.com/unstuck/pkg/loss"
	"example.com/unstuck/pkg/nn"
	"example.com/unstuck/pkg/optim"
)

// opinion is what a judge predicts of rows that it wasn't fitted to, in the table's standardized columns.
type opinion struct {
	judge string
	from  int // the first row of the table that is predicted
	y     [][]float64
}

// The judges' names, as reports have them.
const (
	byRidge      = "ridge regression"
	byNeighbours = "the nearest neighbours"
	byTrees      = "boosted trees"
	byNetwork    = "a small network"
)

// explained is the share of the targets' variance that an opinion explains.
func (o opinion) explained(t table) float64 {
	residual, total := 0.0, 0.0
	for i, p := range o.y {
		for j, y := range t.y[o.from+i] {
			residual += (y - p[j]) * (y - p[j])
			total += y * y
		}
	}
	return 1 - residual/total
}

const judgeFolds = 5

// opinions are those of the judges that cost little. The error is ctx's.
func opinions(ctx context.Context, t table) ([]opinion, error) {
	all, err := crossValidated(ctx, t, byRidge, ridge)
	if err != nil {
		return nil, err
	}
	near, err := neighbours(ctx, t)
	if err != nil {
		return nil, err
	}
	stages := treeStagesFor(t)
	trees, err := crossValidated(ctx, t, byTrees, func(ctx context.Context, train, held table) ([][][]float64, error) {
		return boosted(ctx, train, held, stages)
	})
	return append(append(all, near...), trees...), err
}

// crossValidated predicts each fold by what was fitted to the others, for each of a judge's settings; nil is one that can't be fitted.
func crossValidated(ctx context.Context, t table, judge string, fit func(ctx context.Context, train, held table) ([][][]float64, error)) ([]opinion, error) {
	var all []opinion
	for fold := range judgeFolds {
		var train, held table
		for i := range t.x {
			part := &train
			if i%judgeFolds == fold {
				part = &held
			}
			part.x, part.y = append(part.x, t.x[i]), append(part.y, t.y[i])
		}
		settings, err := fit(ctx, train, held)
		if err != nil {
			return nil, err
		}
		for k, predicted := range settings {
			if len(all) == k {
				all = append(all, opinion{judge: judge, y: make([][]float64, len(t.x))})
			}
			if predicted == nil {
				all[k].y = nil
			}
			for i, p := range predicted {
				if all[k].y != nil {
					all[k].y[fold+i*judgeFolds] = p
				}
			}
		}
	}
	var fitted []opinion
	for _, o := range all {
		if o.y != nil {
			fitted = append(fitted, o)
		}
	}
	return fitted, nil
}

// neighbours predicts each row by the mean of its 10 and its 30 nearest ones, and by fewer where there are few rows.
func neighbours(ctx context.Context, t table) ([]opinion, error) {
	most := min(30, len(t.x)/4)
	few := min(10, most)
	all := []opinion{{judge: byNeighbours}, {judge: byNeighbours}}
	nearest, distance := make([]int, most), make([]float64, most)
	for i, x := range t.x {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		found := 0
		for j, other := range t.x {
			if i == j {
				continue
			}
			limit := math.Inf(1)
			if found == most {
				limit = distance[most-1]
			}
			d := squaredDistance(x, other, limit)
			if d >= limit {
				continue
			}
			at := min(found, most-1)
			for at > 0 && distance[at-1] > d {
				distance[at], nearest[at] = distance[at-1], nearest[at-1]
				at--
			}
			distance[at], nearest[at] = d, j
			found = min(found+1, most)
		}
		for k, n := range []int{min(few, found), found} {
			mean := make([]float64, len(t.y[i]))
			for _, j := range nearest[:n] {
				for col, y := range t.y[j] {
					mean[col] += y / float64(n)
				}
			}
			all[k].y = append(all[k].y, mean)
		}
	}
	return all, nil
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

// networkOpinion is that of a network that suits most small problems, on the last quarter of the rows at its best epoch.
func networkOpinion(ctx context.Context, t table, seed int64) (opinion, error) {
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
		return opinion{}, err
	}
	const updates = 1200
	config := fit.Config{Epochs: max(1, updates*32/rows), ValidationSplit: 0.25, Callbacks: []fit.Callback{&callback.EarlyStopping{Patience: 8, RestoreBest: true}}}
	if _, err := m.Fit(ctx, d, config); err != nil {
		return opinion{}, err
	}
	o := opinion{judge: byNetwork, from: int(float64(rows) * 0.75)}
	predicted, err := m.Predict(ctx, d.X.Range(o.from, rows))
	if err != nil {
		return opinion{}, err
	}
	for i := range rows - o.from {
		o.y = append(o.y, widened(predicted.Row(i)))
	}
	return o, nil
}

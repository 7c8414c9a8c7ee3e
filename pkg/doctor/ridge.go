package doctor

import (
	"context"
	"math"

	"gonum.org/v1/gonum/mat"
)

// ridgeScore is the share of variance that ridge regression explains on held-out rows, in 5-fold
// cross-validation, for the better of two penalties.
func ridgeScore(ctx context.Context, t table) (float64, error) {
	best := math.Inf(-1)
	for _, penalty := range []float64{0.01, 1} { // times the number of rows
		s, err := crossValidate(ctx, t, 5, func(train table) (func(x []float64) []float64, error) {
			return ridge(ctx, train, penalty*float64(len(train.x)))
		})
		if err != nil {
			return 0, err
		}
		if s > best {
			best = s
		}
	}
	return best, nil
}

// crossValidate predicts each fold by what was fitted to the others.
func crossValidate(ctx context.Context, t table, folds int, fit func(train table) (func(x []float64) []float64, error)) (float64, error) {
	residual, total := 0.0, 0.0
	for fold := range folds {
		var train table
		for i := range t.x {
			if i%folds != fold {
				train.x, train.y = append(train.x, t.x[i]), append(train.y, t.y[i])
			}
		}
		predict, err := fit(train)
		if err != nil {
			return 0, err
		}
		if predict == nil {
			return math.NaN(), nil
		}
		for i := fold; i < len(t.x); i += folds {
			if err := ctx.Err(); err != nil {
				return 0, err
			}
			p := predict(t.x[i])
			for j, y := range t.y[i] {
				residual += (y - p[j]) * (y - p[j])
				total += y * y
			}
		}
	}
	return 1 - residual/total, nil
}

// ridge solves (XᵀX + penalty·I) W = XᵀY, or the same in the rows where there are fewer of them: W = Xᵀ(XXᵀ +
// penalty·I)⁻¹Y. Columns are centred already.
func ridge(ctx context.Context, t table, penalty float64) (func(x []float64) []float64, error) {
	n, d, k := len(t.x), len(t.x[0]), len(t.y[0])
	x, y := mat.NewDense(n, d, nil), mat.NewDense(n, k, nil)
	for i := range t.x {
		x.SetRow(i, t.x[i])
		y.SetRow(i, t.y[i])
	}
	var w mat.Dense
	if d <= n {
		var right mat.Dense
		right.Mul(x.T(), y)
		if ok, err := solve(ctx, &w, x.T(), d, penalty, &right); !ok {
			return nil, err
		}
	} else {
		var dual mat.Dense
		if ok, err := solve(ctx, &dual, x, n, penalty, y); !ok {
			return nil, err
		}
		w.Mul(x.T(), &dual)
	}
	return func(row []float64) []float64 {
		out := make([]float64, k)
		for i, v := range row {
			for j := range out {
				out[j] += v * w.At(i, j)
			}
		}
		return out
	}, nil
}

// solve puts (a·aᵀ + penalty·I)⁻¹·right into w. False with no error: there is no solution.
func solve(ctx context.Context, w *mat.Dense, a mat.Matrix, size int, penalty float64, right *mat.Dense) (bool, error) {
	gram := mat.NewSymDense(size, nil)
	gram.SymOuterK(1, a)
	if err := ctx.Err(); err != nil {
		return false, err
	}
	for i := range size {
		gram.SetSym(i, i, gram.At(i, i)+penalty)
	}
	var cholesky mat.Cholesky
	return cholesky.Factorize(gram) && cholesky.SolveTo(w, right) == nil, nil
}

package doctor

import (
	"math"

	"gonum.org/v1/gonum/mat"
)

// ridgeScore is the share of variance that ridge regression explains on held-out rows, in 5-fold
// cross-validation, for the better of two penalties.
func ridgeScore(t table) float64 {
	best := math.Inf(-1)
	for _, penalty := range []float64{0.01, 1} { // times the number of rows
		if s := crossValidate(t, 5, func(train table) func(x []float64) []float64 { return ridge(train, penalty*float64(len(train.x))) }); s > best {
			best = s
		}
	}
	return best
}

// crossValidate predicts each fold by what was fitted to the others.
func crossValidate(t table, folds int, fit func(train table) func(x []float64) []float64) float64 {
	residual, total := 0.0, 0.0
	for fold := range folds {
		var train table
		for i := range t.x {
			if i%folds != fold {
				train.x, train.y = append(train.x, t.x[i]), append(train.y, t.y[i])
			}
		}
		predict := fit(train)
		if predict == nil {
			return math.NaN()
		}
		for i := fold; i < len(t.x); i += folds {
			p := predict(t.x[i])
			for j, y := range t.y[i] {
				residual += (y - p[j]) * (y - p[j])
				total += y * y
			}
		}
	}
	return 1 - residual/total
}

// ridge solves (XᵀX + penalty·I) W = XᵀY, or the same in the rows where there are fewer of them: W = Xᵀ(XXᵀ +
// penalty·I)⁻¹Y. Columns are centred already.
func ridge(t table, penalty float64) func(x []float64) []float64 {
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
		if !solve(&w, x.T(), d, penalty, &right) {
			return nil
		}
	} else {
		var dual mat.Dense
		if !solve(&dual, x, n, penalty, y) {
			return nil
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
	}
}

// solve puts (a·aᵀ + penalty·I)⁻¹·right into w.
func solve(w *mat.Dense, a mat.Matrix, size int, penalty float64, right *mat.Dense) bool {
	gram := mat.NewSymDense(size, nil)
	gram.SymOuterK(1, a)
	for i := range size {
		gram.SetSym(i, i, gram.At(i, i)+penalty)
	}
	var cholesky mat.Cholesky
	return cholesky.Factorize(gram) && cholesky.SolveTo(w, right) == nil
}

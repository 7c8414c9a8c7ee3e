package doctor

import (
	"context"

	"gonum.org/v1/gonum/mat"
)

// ridgePenalties are those that are tried, times the number of rows: which is best depends on how noisy the data are.
var ridgePenalties = []float64{0.01, 0.1, 1}

// ridge predicts rows by ridge regression on others, with each penalty: [penalty][row][column]; nil where there is no solution. It
// solves (XᵀX + penalty·I) W = XᵀY, or the same in the rows where there are fewer of them: W = Xᵀ(XXᵀ + penalty·I)⁻¹Y. Columns
// are centred already.
func ridge(ctx context.Context, train, rows table) ([][][]float64, error) {
	x, y, held := dense(train.x), dense(train.y), dense(rows.x)
	n, d := x.Dims()
	var gram *mat.SymDense
	right := y
	if d <= n {
		gram = mat.NewSymDense(d, nil)
		gram.SymOuterK(1, x.T())
		right = &mat.Dense{}
		right.Mul(x.T(), y)
	} else {
		gram = mat.NewSymDense(n, nil)
		gram.SymOuterK(1, x)
	}
	var all [][][]float64
	for _, penalty := range ridgePenalties {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		penalized := mat.NewSymDense(gram.SymmetricDim(), nil)
		penalized.CopySym(gram)
		for i := range gram.SymmetricDim() {
			penalized.SetSym(i, i, gram.At(i, i)+penalty*float64(n))
		}
		var cholesky mat.Cholesky
		var w, predicted mat.Dense
		if !cholesky.Factorize(penalized) || cholesky.SolveTo(&w, right) != nil {
			all = append(all, nil)
			continue
		}
		if d > n {
			dual := mat.DenseCopyOf(&w)
			w.Reset()
			w.Mul(x.T(), dual)
		}
		predicted.Mul(held, &w)
		out := make([][]float64, len(rows.x))
		for i := range out {
			out[i] = mat.Row(nil, i, &predicted)
		}
		all = append(all, out)
	}
	return all, nil
}

func dense(rows [][]float64) *mat.Dense {
	m := mat.NewDense(len(rows), len(rows[0]), nil)
	for i, r := range rows {
		m.SetRow(i, r)
	}
	return m
}

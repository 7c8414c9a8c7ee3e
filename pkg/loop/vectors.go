package loop

import (
	"math"

	"gonum.org/v1/gonum/mat"
)

func sum(a, b []float32) []float32 {
	c := make([]float32, len(a))
	for i := range a {
		c[i] = a[i] + b[i]
	}
	return c
}

func difference(a, b []float32) []float32 {
	c := make([]float32, len(a))
	for i := range a {
		c[i] = a[i] - b[i]
	}
	return c
}

// multiple is a vector times a number.
func multiple(a []float32, by float64) []float32 {
	c := make([]float32, len(a))
	for i, v := range a {
		c[i] = float32(float64(v) * by)
	}
	return c
}

// products are the sums over pairs of vectors that belong together, such as the gradients of all parameters.
type products struct{ aa, ab, bb float64 }

func (p *products) add(a, b []float32) {
	for i := range a {
		x, y := float64(a[i]), 0.0
		if i < len(b) {
			y = float64(b[i])
		}
		p.aa += x * x
		p.ab += x * y
		p.bb += y * y
	}
}

// join adds the sums over other vectors.
func (p *products) join(q products) { p.aa, p.ab, p.bb = p.aa+q.aa, p.ab+q.ab, p.bb+q.bb }

// cosine is that of the angle between them, 0 where one is zero.
func (p products) cosine() float64 {
	if p.aa == 0 || p.bb == 0 {
		return 0
	}
	return p.ab / math.Sqrt(p.aa) / math.Sqrt(p.bb)
}

// ratio is the length of the first by that of the second, with a minus where they point apart; NaN where the second is zero.
func (p products) ratio() float64 {
	if p.bb == 0 {
		return math.NaN()
	}
	return math.Copysign(math.Sqrt(p.aa/p.bb), p.ab)
}

// apart is the length of the difference by that of the second.
func (p products) apart() float64 {
	if p.bb == 0 {
		return math.NaN()
	}
	return math.Sqrt(max(0, p.aa-2*p.ab+p.bb) / p.bb)
}

func (p products) finite() bool {
	return !math.IsNaN(p.aa+p.ab+p.bb) && !math.IsInf(p.aa+p.ab+p.bb, 0)
}

func norm(a []float32) float64 {
	s := 0.0
	for _, v := range a {
		s += float64(v) * float64(v)
	}
	return math.Sqrt(s)
}

// ratioOf is the length of p's first vector by that of q's first.
func (p products) ratioOf(q products) float64 {
	if q.aa == 0 {
		return math.NaN()
	}
	return math.Sqrt(p.aa / q.aa)
}

// mostCondition is the condition of the angles between vectors beyond which the shares of each are lost in float32's rounding.
const mostCondition = 1e8

// leastSquares are the numbers that the vectors are multiplied by for their sum to be nearest to the target; nil: the vectors don't tell,
// one of them being zero, no number or next to a sum of others.
func leastSquares(vectors [][]float32, target []float32) []float64 {
	n := len(vectors)
	// The normal equations, of vectors that are of length 1.
	angles, right, lengths := mat.NewSymDense(n, nil), mat.NewVecDense(n, nil), make([]float64, n)
	for i, v := range vectors {
		for j := range i {
			var p products
			p.add(v, vectors[j])
			angles.SetSym(i, j, p.cosine())
		}
		var p products
		p.add(v, target)
		lengths[i] = math.Sqrt(p.aa)
		if p.aa == 0 || !p.finite() {
			return nil
		}
		angles.SetSym(i, i, 1)
		right.SetVec(i, p.ab/lengths[i])
	}
	var factors mat.Cholesky
	if !factors.Factorize(angles) || factors.Cond() > mostCondition {
		return nil
	}
	var x mat.VecDense
	if err := factors.SolveVecTo(&x, right); err != nil {
		return nil
	}
	shares := make([]float64, n)
	for i := range shares {
		shares[i] = x.AtVec(i) / lengths[i]
	}
	return shares
}

// ofParameters are the kinds of arrays that belong to a parameter each.
var ofParameters = []string{"before", "own", "start", "grad", "after", "delta"}

func elements(shape []int) int {
	n := 1
	for _, d := range shape {
		n *= d
	}
	return n
}

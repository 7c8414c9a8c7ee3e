package loop

import "math"

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

// ofParameters are the kinds of arrays that belong to a parameter each.
var ofParameters = []string{"before", "own", "start", "grad", "after", "delta"}

func elements(shape []int) int {
	n := 1
	for _, d := range shape {
		n *= d
	}
	return n
}

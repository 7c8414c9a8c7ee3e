package loop

import (
	"math"
	"math/rand/v2"
	"slices"
)

const (
	mostRelated    = 480 // rows that are held against each other, those of the first steps
	fewestRelated  = 48
	mostColumns    = 256 // of x; of wider rows every so many-th number is taken
	mostClasses    = 32
	mostTargetsRow = 16 // numbers in a row of y
	nearestRows    = 3
	chanceOrders   = 200
)

// relation tells whether targets follow inputs: rows that are alike in x should be alike in y, if y belongs to x. It needs no model.
type relation struct {
	of          []int // which steps of the recording
	steps, rows int
	x, y        [][]float64 // by row, each column with mean 0 and standard deviation 1; classes have a column each
	near        [][]int     // for each row those nearest to it in x
	mean, sd    float64     // of what targets in random orders give
	first       *Step
}

// related makes the relation of a recording's rows; nil: too few different ones, steps of different sizes, or y is no row of few numbers.
func related(r *Recording) *relation {
	q := &relation{}
	for k := range r.Steps {
		s := &r.Steps[k]
		x, y := rowsOf(s.named("x")), rowsOf(s.named("y"))
		if x == nil || len(x) != len(y) || q.rows > 0 && len(x) != q.rows || (q.steps+1)*len(x) > mostRelated {
			continue
		}
		if q.first == nil {
			q.first = s
		}
		q.rows, q.steps, q.of = len(x), q.steps+1, append(q.of, k)
		q.x, q.y = append(q.x, x...), append(q.y, y...)
	}
	if !plain(q.x) || !plain(q.y) || len(q.y[0]) > mostTargetsRow {
		return nil
	}
	if n := different(q.x); 2*n < len(q.x) || n < fewestRelated {
		return nil
	}
	if classes := classesOf(q.y); classes != nil {
		q.y = classes
	}
	standardize(q.x)
	standardize(q.y)
	if len(q.x[0]) == 0 || len(q.y[0]) == 0 {
		return nil
	}
	q.near = nearest(q.x)
	chance := rand.New(rand.NewPCG(1, uint64(len(q.x))))
	sum, squares := 0.0, 0.0
	for range chanceOrders {
		t, _ := q.follows(chance.Perm(len(q.x)))
		sum, squares = sum+t, squares+t*t
	}
	q.mean = sum / chanceOrders
	q.sd = math.Sqrt(squares/chanceOrders - q.mean*q.mean)
	if !(q.sd > 0) {
		return nil
	}
	return q
}

// follows is how far the targets, taken in an order, follow the inputs: about 1 where each is that of its neighbours, about 0 by chance. A row whose
// order is below 0 has no target. It also returns the number of rows that have one, and a neighbour that has.
func (q *relation) follows(order []int) (share float64, used int) {
	dot, square := 0.0, 0.0
	for i, own := range order {
		if own < 0 {
			continue
		}
		n, of := 0, 0.0
		for _, j := range q.near[i] {
			if other := order[j]; other >= 0 {
				n++
				for c, v := range q.y[own] {
					of += v * q.y[other][c]
				}
			}
		}
		if n == 0 {
			continue
		}
		used++
		dot += of / float64(n)
		for _, v := range q.y[own] {
			square += v * v
		}
	}
	if square == 0 {
		return 0, 0
	}
	return dot / square, used
}

// beyond is by how many standard deviations targets in an order follow the inputs more than in random ones. Of fewer rows chance gives more.
func (q *relation) beyond(order []int) (deviations, share float64) {
	share, used := q.follows(order)
	if used < fewestRelated {
		return 0, 0
	}
	return (share - q.mean) / (q.sd * math.Sqrt(float64(len(order))/float64(used))), share
}

// copied reports whether a column of x is the targets in an order: earlier targets are among the inputs then.
func (q *relation) copied(order []int) bool {
	for a := range q.x[0] {
		for b := range q.y[0] {
			dot, n := 0.0, 0.0
			for i, at := range order {
				if at >= 0 {
					dot += q.x[i][a] * q.y[at][b]
					n++
				}
			}
			if math.Abs(dot) > 0.98*n {
				return true
			}
		}
	}
	return false
}

// inOrder reports whether rows that follow each other are nearer than others: a series in time, or rows sorted by something.
func (q *relation) inOrder() bool {
	next, any := 0.0, 0.0
	half := len(q.x) / 2
	for i := range q.x[1:] {
		next += math.Sqrt(squaredDistance(q.x[i], q.x[i+1]))
		any += math.Sqrt(squaredDistance(q.x[i], q.x[(i+half)%len(q.x)]))
	}
	return next < 0.8*any
}

func squaredDistance(a, b []float64) float64 {
	sum := 0.0
	for c, v := range a {
		sum += (v - b[c]) * (v - b[c])
	}
	return sum
}

// nearest are for each row those nearest to it, none of them equal to it: copies would agree whatever the targets.
func nearest(x [][]float64) [][]int {
	near := make([][]int, len(x))
	far := make([]float64, len(x))
	var all []int
	for i := range x {
		all = all[:0]
		for j := range x {
			if far[j] = squaredDistance(x[i], x[j]); far[j] > 0 {
				all = append(all, j)
			}
		}
		for range min(nearestRows, len(all)) {
			least := 0
			for at, j := range all {
				if far[j] < far[all[least]] {
					least = at
				}
			}
			near[i] = append(near[i], all[least])
			all = slices.Delete(all, least, least+1)
		}
	}
	return near
}

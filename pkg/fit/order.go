package fit

import (
	"context"
	"math/rand/v2"
)

// order says which rows make up each step of one or more epochs.
type order struct {
	batch  int
	rows   []int32 // [capacity·batch], row numbers; a smaller batch is filled up with its first row
	counts []int32 // [capacity], rows of data in each batch
	steps  int     // steps in use, at most the capacity

	measured []bool // [capacity], whether the probes read the step
}

// newOrder lays out epochs first..first+epochs-1 over the rows of the data, for a capacity of steps.
// Each epoch's permutation depends on the seed and the epoch's number alone, so that a resumed training
// goes on as if it had never stopped. It ends early, with what it has, when ctx is cancelled.
func newOrder(ctx context.Context, rows, batch, capacity, first, epochs int, shuffle bool, seed int64) *order {
	o := &order{batch: batch, rows: make([]int32, capacity*batch), counts: make([]int32, capacity), measured: make([]bool, capacity)}
	index := make([]int32, rows)
	for epoch := first; epoch < first+epochs && ctx.Err() == nil; epoch++ {
		for i := range index {
			index[i] = int32(i)
		}
		if shuffle {
			rng := rand.New(rand.NewPCG(uint64(seed), uint64(epoch)))
			rng.Shuffle(rows, func(i, j int) { index[i], index[j] = index[j], index[i] })
		}
		for from := 0; from < rows; from += batch {
			o.add(index[from:min(from+batch, rows)])
		}
	}
	return o
}

func (o *order) add(rows []int32) {
	place := o.rows[o.steps*o.batch : (o.steps+1)*o.batch]
	for i := copy(place, rows); i < len(place); i++ {
		place[i] = rows[0]
	}
	o.counts[o.steps] = int32(len(rows))
	o.steps++
}

// measure marks every n-th step to be measured; done is how many steps lie behind this order's first.
func (o *order) measure(n, done int) {
	for step := range o.steps {
		o.measured[step] = (done+step)%n == 0
	}
}

// nextMeasured is, for each step, the first one from it on that is measured; the capacity where none is.
func (o *order) nextMeasured() []int32 {
	next := make([]int32, len(o.measured))
	at := len(next)
	for step := len(next) - 1; step >= 0; step-- {
		if o.measured[step] {
			at = step
		}
		next[step] = int32(at)
	}
	return next
}

// upTo is the end of the steps from..to-1 or of as many of them as have n measured steps, with how many of
// those are measured.
func (o *order) upTo(n, from, to int) (end, measured int) {
	for end = from; end < to; end++ {
		if !o.measured[end] {
			continue
		}
		if measured == n {
			break
		}
		measured++
	}
	return end, measured
}

// of returns the rows of data in one step.
func (o *order) of(step int) []int32 {
	from := step * o.batch
	return o.rows[from : from+int(o.counts[step])]
}

// stepsPerEpoch is the number of batches that rows make, the last one possibly smaller.
func stepsPerEpoch(rows, batch int) int { return (rows + batch - 1) / batch }

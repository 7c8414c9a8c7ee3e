package fit

import (
	"runtime"
	"slices"
	"sync"

	"example.com/unstuck/pkg/dataset"
)

// takeRows copies rows of the examples into new ones.
func takeRows(d dataset.Data, rows []int32) dataset.Data {
	out := hostData(shapesOf(d).withRows(len(rows)))
	copyRows(out, d, rows)
	return out
}

// hostData is room on the host for examples of these shapes.
func hostData(s dataShapes) dataset.Data {
	return dataIn(s, func(shape ...int) []float32 { return make([]float32, float32s(shape...).Size()) })
}

// dataIn are examples of these shapes in memory that room gives.
func dataIn(s dataShapes, room func(shape ...int) []float32) dataset.Data {
	arrays := func(all [][]int) []dataset.Array {
		made := make([]dataset.Array, len(all))
		for i, shape := range all {
			made[i] = dataset.Array{Shape: shape, Values: room(shape...)}
		}
		return made
	}
	d := dataset.Of(arrays(s.xs), arrays(s.ys))
	if s.weighted {
		d.SampleWeight = room(s.rows())
	}
	return d
}

// copyRows copies rows of the examples over the first ones of out.
func copyRows(out, d dataset.Data, rows []int32) {
	from, into := slices.Concat(d.Inputs(), d.Outputs()), slices.Concat(out.Inputs(), out.Outputs())
	size := 0
	for _, a := range from {
		size += a.RowSize()
	}
	inParts(len(rows), size, func(first, last int) {
		for i, a := range from {
			copyValues(into[i].Values, a.Values, a.RowSize(), rows, first, last)
		}
		if d.SampleWeight != nil {
			copyValues(out.SampleWeight, d.SampleWeight, 1, rows, first, last)
		}
	})
}

// copyValues copies the rows from..to-1 that are named, of size values each.
func copyValues(out, values []float32, size int, rows []int32, from, to int) {
	for i := from; i < to; i++ {
		copy(out[i*size:(i+1)*size], values[int(rows[i])*size:])
	}
}

// inParts calls do for all of 0..n-1, on every processor where items of size values are enough to gain by it.
func inParts(n, size int, do func(from, to int)) {
	parts := min(runtime.GOMAXPROCS(0), n*size/worthAPart+1)
	var all sync.WaitGroup
	for part := 1; part < parts; part++ {
		all.Go(func() { do(part*n/parts, (part+1)*n/parts) })
	}
	do(0, n/parts)
	all.Wait()
}

// worthAPart is how many values take so long to copy that starting a goroutine doesn't count.
const worthAPart = 1 << 16

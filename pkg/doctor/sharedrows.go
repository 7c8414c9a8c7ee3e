package doctor

import (
	"encoding/binary"
	"fmt"
	"hash/maphash"
	"math"
	"slices"

	"example.com/unstuck/pkg/dataset"
	"example.com/unstuck/pkg/training"
)

// Limits on rows that are trained on and validated on.
const (
	fewestShared  = 2
	sharedByTable = 2 // times as many as by the rows that are alike among those trained on, which a table of few values has anyway
)

// sharedRows says how many validation rows are among those trained on, inputs and targets alike; empty: none, or no more than
// rows are alike there as well. Whatever is measured on them is memory and says nothing of other rows.
func sharedRows(c training.Training) string {
	if !c.Validated() {
		return ""
	}
	seed := maphash.MakeSeed()
	train, held := c.TrainData(), c.ValidationData()
	times := map[uint64]int{}
	for row := range train.Rows() {
		times[rowHash(seed, train, row)]++
	}
	twins := 0
	for _, n := range times {
		if n > 1 {
			twins += n
		}
	}
	shared := 0
	for row := range held.Rows() {
		if times[rowHash(seed, held, row)] > 0 {
			shared++
		}
	}
	share, byNature := float64(shared)/float64(held.Rows()), float64(twins)/float64(train.Rows())
	switch {
	case shared < fewestShared || share <= sharedByTable*byNature && share < 1 || share == 1 && byNature == 1:
		return ""
	case shared == held.Rows():
		return fmt.Sprintf("All %d validation rows are among the training rows, inputs and targets alike: how it does on them says nothing about unseen rows.", shared)
	}
	return fmt.Sprintf("%d of the %d validation rows are among the training rows, inputs and targets alike: how it does on them says nothing about unseen rows.", shared, held.Rows())
}

// rowHash tells rows apart by all of their inputs and targets.
func rowHash(seed maphash.Seed, d dataset.Data, row int) uint64 {
	var bytes []byte
	for _, a := range slices.Concat(d.Inputs(), d.Outputs()) {
		for _, v := range a.Row(row) {
			bytes = binary.LittleEndian.AppendUint32(bytes, math.Float32bits(v))
		}
	}
	return maphash.Bytes(seed, bytes)
}

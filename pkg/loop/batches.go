package loop

import (
	"encoding/binary"
	"fmt"
	"hash/fnv"
	"math"
	"slices"

	"example.com/unstuck/pkg/dataset"
)

// rowKeys are the rows of arrays that belong together, one key for each row.
func rowKeys(arrays []dataset.Array) []uint64 {
	if len(arrays) == 0 || len(arrays[0].Shape) == 0 {
		return nil
	}
	keys := make([]uint64, arrays[0].Shape[0])
	for row := range keys {
		h := fnv.New64a()
		var b [4]byte
		for _, a := range arrays {
			if len(a.Shape) == 0 || a.Shape[0] != len(keys) {
				return nil
			}
			width := len(a.Values) / a.Shape[0]
			for _, v := range a.Values[row*width : (row+1)*width] {
				binary.LittleEndian.PutUint32(b[:], math.Float32bits(v))
				h.Write(b[:])
			}
		}
		keys[row] = h.Sum64()
	}
	return keys
}

// sameBatch looks for steps that all have the same rows in the same order though there are others. Training on all rows at every
// step is none.
func sameBatch(r *Recording) *Finding {
	var first []uint64
	var at *Step
	n, anew, part, loader := 0, 0, 0, 0
	for k := range r.Steps {
		s := &r.Steps[k]
		keys := rowKeys(s.named("x"))
		switch {
		case keys == nil:
			continue
		case first == nil:
			first, at = keys, s
		case !slices.Equal(first, keys):
			return nil
		case !s.SameObject:
			anew++
			if s.MemoryRows > len(keys) {
				part = s.MemoryRows
			}
		}
		if n++; s.Whole && s.LoaderRows <= len(keys) { // what else is as large may be made of the batch: noise, a mask
			return nil
		}
		loader = max(loader, s.LoaderRows)
	}
	if n < 3 {
		return nil
	}
	switch {
	case loader > len(first):
		return found(SameBatch, 0.95, at.Number, at.Line, "each of %d steps has the same %d rows; the loop has a "+r.spoken("DataLoader of %d: next(iter(loader))", "dataset of %d: next(iter(dataset))")+" begins anew each time, or the batch was taken once, ahead of the loop", n, len(first), loader)
	case part > len(first):
		return found(SameBatch, 0.9, at.Number, at.Line, "each of %d steps has the same %d rows, a part of "+r.spoken("a tensor", "an array")+" of %d", n, len(first), part)
	case 2*anew > n:
		return found(SameBatch, 0.8, at.Number, at.Line, "each of %d steps has the same %d rows in the same order, put together anew each time: the order or the indices are the same at every step", n, len(first))
	}
	return nil
}

// misalignedRows looks for rows of x that come again with other targets. Where no loss is claimed of them it isn't known what y is, an action
// that the loop has drawn perhaps, and it is a remark.
func misalignedRows(r *Recording) (*Finding, string) {
	targets := map[uint64]uint64{}
	again, other := 0, 0
	var others []uint64
	var first *Step
	distinct, total := map[uint64]float64{}, 0.0
	last, elsewhere := map[uint64]int{}, map[uint64]bool{} // the last step with a target, and whether it is in another one as well
	for k := range r.Steps {
		s := &r.Steps[k]
		xs, ys := rowKeys(s.named("x")), rowKeys(s.named("y"))
		if xs == nil || len(xs) != len(ys) {
			continue
		}
		within := map[uint64]uint64{}
		for i, x := range xs {
			distinct[ys[i]]++
			if step, seen := last[ys[i]]; seen && step != k {
				elsewhere[ys[i]] = true
			}
			last[ys[i]] = k
			total++
			_, inBatch := within[x]
			if y, seen := targets[x]; seen && !inBatch {
				if again++; y != ys[i] {
					if other++; first == nil {
						first = s
					}
					others = append(others, ys[i])
				}
			}
			within[x] = ys[i]
		}
		for i, x := range xs {
			if _, seen := targets[x]; !seen {
				targets[x] = ys[i]
			}
		}
	}
	// Targets of other rows agree with their own no more often than by chance, and are known from other rows. Noise in the data agrees more
	// often, and targets that are computed anew, as in reinforcement learning, are those of no other step.
	chance := 0.0
	for _, n := range distinct {
		chance += n / total * n / total
	}
	known := 0
	for _, y := range others {
		if elsewhere[y] {
			known++
		}
	}
	agree := 1 - float64(other)/max(1, float64(again))
	byChance := agree <= chance+2*math.Sqrt(chance*(1-chance)/max(1, float64(again)))
	if !byChance && !someMisaligned(r, chance) || 2*known < other {
		return nil, ""
	}
	if again < 5 || len(targets) < 5 || len(distinct) < 2 || other < 5 {
		return nil, ""
	}
	if !r.claimsLoss() {
		return nil, fmt.Sprintf("of %d rows of x that came again in a later step, %d came with another y: as actions do that the loop draws, and targets that are put in another order than x. Which it is could be told by the loss, if one were claimed", again, other)
	}
	return found(MisalignedTargets, 0.93, first.Number, first.Line, "of %d rows of x that came again in a later step, %d came with another target: x and y are put in different orders, or y is drawn anew", again, other).by("rows"), ""
}

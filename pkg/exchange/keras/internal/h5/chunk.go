package h5

import (
	"encoding/binary"
)

// maxDeflate is more than the most that one byte of gzip can become.
const maxDeflate = 1040

// chunked puts an array together from its chunks. c stands behind the layout's class.
func (f *File) chunked(c *cursor, header []message, shape []int, bytes int) ([]byte, error) {
	rank := c.u8() - 1
	tree := c.u64()
	if c.err != nil {
		return nil, c.err
	}
	if rank != len(shape) || rank < 1 {
		return nil, damaged("chunks of %d axes in an array of %d", rank, len(shape))
	}
	chunk := make([]int, rank)
	size := 4
	for i := range chunk {
		n := c.u32()
		if n == 0 || int64(n) > int64(shape[i]) || uint64(n)*uint64(size) > 4*MaxElements {
			return nil, damaged("chunks of shape %v", chunk)
		}
		chunk[i] = int(n)
		size *= int(n)
	}
	if c.err != nil {
		return nil, c.err
	}
	if bytes > maxDeflate*len(f.data) || size > maxDeflate*len(f.data) {
		return nil, damaged("an array of %d bytes, chunks of %d, in a file of %d", bytes, size, len(f.data))
	}
	filters, err := pipeline(header)
	if err != nil {
		return nil, err
	}
	want := count(shape, chunk)
	if want*size > 16*bytes {
		return nil, unsupported("%d chunks of %d bytes for an array of %d", want, size, bytes)
	}
	out := make([]byte, bytes)
	seen := map[uint64]bool{}
	err = f.walk(tree, 1, 8+8*(rank+1), func(key []byte, address uint64) error {
		stored := uint64(binary.LittleEndian.Uint32(key))
		skipped := binary.LittleEndian.Uint32(key[4:])
		at, index := make([]int, rank), uint64(0)
		for i := range at {
			offset := binary.LittleEndian.Uint64(key[8+8*i:])
			if offset >= uint64(shape[i]) || offset%uint64(chunk[i]) != 0 {
				return damaged("a chunk at %d on axis %d of shape %v", offset, i, shape)
			}
			at[i] = int(offset)
			index = index*uint64(shape[i]) + offset
		}
		if seen[index] {
			return damaged("two chunks at %v", at)
		}
		seen[index] = true
		raw, err := f.block(address, stored)
		if err != nil {
			return err
		}
		if raw, err = filters.undo(raw, skipped, size); err != nil {
			return err
		}
		place(out, shape, raw, chunk, at)
		return nil
	})
	if err != nil {
		return nil, err
	}
	if len(seen) != want {
		return nil, unsupported("an array of %d chunks of which %d were written", want, len(seen))
	}
	return out, nil
}

// count is how many chunks cover an array.
func count(shape, chunk []int) int {
	n := 1
	for i := range shape {
		n *= (shape[i] + chunk[i] - 1) / chunk[i]
	}
	return n
}

// place copies the part of a chunk that lies within the array, row by row. Values have 4 bytes.
func place(out []byte, shape []int, raw []byte, chunk, at []int) {
	last := len(shape) - 1
	run := min(chunk[last], shape[last]-at[last])
	index := make([]int, len(shape)) // within the chunk; the last axis stays 0
	for {
		from, to := 0, 0
		for i := range shape {
			from = from*chunk[i] + index[i]
			to = to*shape[i] + at[i] + index[i]
		}
		copy(out[4*to:4*(to+run)], raw[4*from:4*(from+run)])
		axis := last - 1
		for ; axis >= 0; axis-- {
			if index[axis]++; index[axis] < chunk[axis] && at[axis]+index[axis] < shape[axis] {
				break
			}
			index[axis] = 0
		}
		if axis < 0 {
			return
		}
	}
}

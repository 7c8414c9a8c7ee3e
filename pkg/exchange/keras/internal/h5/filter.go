package h5

import (
	"bytes"
	"compress/zlib"
	"errors"
	"io"
	"slices"
)

// Numbers of the filters that h5py offers as compression="gzip" and shuffle=True.
const (
	filterDeflate = 1
	filterShuffle = 2
)

// filters are what each chunk went through when it was written, in that order.
type filters []int

func pipeline(header []message) (filters, error) {
	c, err := only(header, msgFilters)
	if c == nil || err != nil {
		return nil, err
	}
	version, n := c.u8(), c.u8()
	if version == 1 {
		c.skip(6)
	}
	if c.err == nil && version != 1 && version != 2 {
		return nil, unsupported("filter pipeline version %d", version)
	}
	var all filters
	for range n {
		id := c.u16()
		name := 0
		if version == 1 || id >= 256 {
			name = c.u16()
		}
		c.skip(2)
		values := c.u16()
		if version == 1 {
			name = (name + 7) / 8 * 8
			values += values % 2
		}
		c.skip(name)
		c.skip(4 * values)
		if c.err != nil {
			return nil, c.err
		}
		if id != filterDeflate && id != filterShuffle {
			return nil, unsupported("compression by HDF5 filter %d", id)
		}
		if slices.Contains(all, id) { // each costs a pass over every chunk, and a file may name 255
			return nil, unsupported("HDF5 filter %d twice over", id)
		}
		all = append(all, id)
	}
	return all, c.err
}

// undo returns the size bytes of a chunk before its filters; a set bit i of skipped leaves filter i out.
func (all filters) undo(raw []byte, skipped uint32, size int) ([]byte, error) {
	for i := len(all) - 1; i >= 0; i-- {
		if i < 32 && skipped>>i&1 != 0 {
			continue
		}
		switch all[i] {
		case filterDeflate:
			z, err := zlib.NewReader(bytes.NewReader(raw))
			if err != nil {
				return nil, damaged("a compressed chunk: %v", err)
			}
			out := make([]byte, size)
			if n, err := io.ReadFull(z, out); err != nil && !errors.Is(err, io.ErrUnexpectedEOF) {
				return nil, damaged("a compressed chunk: %v", err)
			} else if n < size {
				return nil, damaged("a compressed chunk of %d bytes instead of %d", n, size)
			}
			raw = out
		case filterShuffle:
			raw = unshuffle(raw)
		}
	}
	if len(raw) != size {
		return nil, damaged("a chunk of %d bytes instead of %d", len(raw), size)
	}
	return raw, nil
}

// unshuffle brings the bytes of each 4-byte value together again.
func unshuffle(raw []byte) []byte {
	n := len(raw) / 4
	out := make([]byte, len(raw))
	for i := range n {
		for b := range 4 {
			out[4*i+b] = raw[b*n+i]
		}
	}
	copy(out[4*n:], raw[4*n:])
	return out
}

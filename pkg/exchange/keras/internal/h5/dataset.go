package h5

import (
	"encoding/binary"
	"fmt"
	"math"
)

// Float32s reads the array at a path, "layers/dense/vars/0", row-major, with its shape (empty for a
// scalar). [ErrNotFound] when there is none; [ErrUnsupported] when it holds anything but float32.
func (f *File) Float32s(path string) (shape []int, values []float32, err error) {
	address, err := f.find(path)
	if err != nil {
		return nil, nil, err
	}
	header, err := f.header(address)
	if err != nil {
		return nil, nil, fmt.Errorf("array %q: %w", path, err)
	}
	shape, values, err = f.float32s(header)
	if err != nil {
		return nil, nil, fmt.Errorf("array %q: %w", path, err)
	}
	return shape, values, nil
}

func (f *File) float32s(header []message) ([]int, []float32, error) {
	shape, size, err := dataspace(header)
	if err != nil {
		return nil, nil, err
	}
	if err := isFloat32(header); err != nil {
		return nil, nil, err
	}
	raw, err := f.content(header, shape, 4*size)
	if err != nil {
		return nil, nil, err
	}
	values := make([]float32, size)
	for i := range values {
		values[i] = math.Float32frombits(binary.LittleEndian.Uint32(raw[4*i:]))
	}
	return shape, values, nil
}

// dataspace returns an array's shape and its product.
func dataspace(header []message) (shape []int, size int, err error) {
	c, err := only(header, msgDataspace)
	if err != nil {
		return nil, 0, err
	}
	if c == nil {
		return nil, 0, fmt.Errorf("no array here: %w", ErrNotFound)
	}
	version, rank := c.u8(), c.u8()
	switch {
	case c.err != nil:
		return nil, 0, c.err
	case version == 1:
		c.skip(6)
	case version == 2:
		c.skip(1)
		if kind := c.u8(); kind == 2 {
			return nil, 0, unsupported("an array without a shape")
		}
	default:
		return nil, 0, unsupported("dataspace version %d", version)
	}
	if rank > maxRank {
		return nil, 0, damaged("an array of %d axes", rank)
	}
	shape, size = make([]int, rank), 1
	for i := range shape {
		n := c.u64()
		if n > MaxElements || n > 0 && uint64(size) > MaxElements/n {
			return nil, 0, unsupported("an array of more than %d values", MaxElements)
		}
		shape[i] = int(n)
		size *= int(n)
	}
	return shape, size, c.err
}

// isFloat32 refuses all types but IEEE float32 in little-endian order.
func isFloat32(header []message) error {
	c, err := only(header, msgDatatype)
	if err != nil {
		return err
	}
	if c == nil {
		return damaged("an array without a type")
	}
	class := c.u8() & 15
	bits, _ := c.u16(), c.u8()
	size := c.u32()
	if c.err != nil {
		return c.err
	}
	if class != 1 {
		return unsupported("values that aren't floating-point numbers (type class %d)", class)
	}
	bigEndian := bits&0x41 != 0
	offset, precision := c.u16(), c.u16()
	exponentAt, exponent, mantissaAt, mantissa := c.u8(), c.u8(), c.u8(), c.u8()
	bias := c.u32()
	if c.err != nil {
		return c.err
	}
	ieee := offset == 0 && precision == 32 && exponentAt == 23 && exponent == 8 && mantissaAt == 0 && mantissa == 23 && bias == 127
	if size != 4 || bigEndian || !ieee {
		return unsupported("floating-point numbers of %d bytes that aren't little-endian float32", size)
	}
	return nil
}

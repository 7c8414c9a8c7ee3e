package h5

import "fmt"

// Int reads the whole number at a path, a scalar of 4 or 8 bytes, signed and little-endian. [ErrNotFound] when there is
// none; [ErrUnsupported] when it is anything else.
func (f *File) Int(path string) (int64, error) {
	address, err := f.find(path)
	if err != nil {
		return 0, err
	}
	header, err := f.header(address)
	if err != nil {
		return 0, fmt.Errorf("number %q: %w", path, err)
	}
	n, err := f.int(header)
	if err != nil {
		return 0, fmt.Errorf("number %q: %w", path, err)
	}
	return n, nil
}

func (f *File) int(header []message) (int64, error) {
	shape, _, err := dataspace(header)
	if err != nil {
		return 0, err
	}
	if len(shape) > 0 {
		return 0, unsupported("an array of shape %v where one number is wanted", shape)
	}
	bytes, err := intBytes(header)
	if err != nil {
		return 0, err
	}
	raw, err := f.content(header, shape, bytes)
	if err != nil {
		return 0, err
	}
	c := &cursor{data: raw}
	if bytes == 4 {
		return int64(int32(c.u32())), c.err
	}
	return int64(c.u64()), c.err
}

// intBytes is the size of a whole number's type; others are refused.
func intBytes(header []message) (int, error) {
	c, err := only(header, msgDatatype)
	if err != nil {
		return 0, err
	}
	if c == nil {
		return 0, damaged("a number without a type")
	}
	class := c.u8() & 15
	bits, _ := c.u16(), c.u8()
	size := c.u32()
	offset, precision := c.u16(), c.u16()
	switch {
	case c.err != nil:
		return 0, c.err
	case class != 0:
		return 0, unsupported("a value that isn't a whole number (type class %d)", class)
	case bits&1 != 0 || bits&8 == 0 || size != 4 && size != 8 || offset != 0 || precision != int(8*size):
		return 0, unsupported("a whole number of %d bytes that isn't a signed little-endian one of 4 or 8", size)
	}
	return int(size), nil
}

package h5

import (
	"encoding/binary"
	"fmt"
)

// cursor reads little-endian numbers from a block. The first read beyond the end sets err; from then on
// everything reads as zero, so that callers may check once.
type cursor struct {
	data []byte
	err  error
}

// take returns the next n bytes, nil at the end.
func (c *cursor) take(n int) []byte {
	if c.err == nil && (n < 0 || n > len(c.data)) {
		c.err = fmt.Errorf("%d bytes wanted where %d are left: %w", n, len(c.data), ErrFormat)
	}
	if c.err != nil {
		return nil
	}
	out := c.data[:n:n]
	c.data = c.data[n:]
	return out
}

func (c *cursor) skip(n int) { c.take(n) }

func (c *cursor) u8() int {
	if b := c.take(1); b != nil {
		return int(b[0])
	}
	return 0
}

func (c *cursor) u16() int {
	if b := c.take(2); b != nil {
		return int(binary.LittleEndian.Uint16(b))
	}
	return 0
}

func (c *cursor) u32() uint32 {
	if b := c.take(4); b != nil {
		return binary.LittleEndian.Uint32(b)
	}
	return 0
}

func (c *cursor) u64() uint64 {
	if b := c.take(8); b != nil {
		return binary.LittleEndian.Uint64(b)
	}
	return 0
}

// uint reads a number of 1, 2, 4 or 8 bytes.
func (c *cursor) uint(bytes int) uint64 {
	var v uint64
	for i, b := range c.take(bytes) {
		v |= uint64(b) << (8 * i)
	}
	return v
}

// magic reads a signature.
func (c *cursor) magic(want string) {
	if got := c.take(len(want)); c.err == nil && string(got) != want {
		c.err = fmt.Errorf("%q expected, %q found: %w", want, got, ErrFormat)
	}
}

// unsupported is an error about a feature.
func unsupported(format string, args ...any) error {
	return fmt.Errorf(format+": %w", append(args, ErrUnsupported)...)
}

// damaged is an error about a contradiction.
func damaged(format string, args ...any) error {
	return fmt.Errorf(format+": %w", append(args, ErrFormat)...)
}

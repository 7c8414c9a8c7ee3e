package dataset

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/sbinet/npyio/npy"
)

// ReadNPY reads one array as numpy.save wrote it: booleans, integers of 8 to 64 bits, float32 or float64, in
// either byte order, in C or Fortran order; it comes out as float32, row-major. Integers beyond 2²⁴ and
// float64 are rounded to the nearest float32; NaN and infinities stay, for [Data.Validate] to find.
//
// It refuses, before it allocates anything, other types, more than 8 axes, an empty or negative axis, and
// more than 2²⁸ elements ([ErrTooLarge]) or than the file holds; and a number that float32 can't hold. It
// takes at most 1 GiB.
func ReadNPY(path string) (Array, error) {
	file, err := os.Open(path)
	if err != nil {
		return Array{}, fmt.Errorf("dataset: %w", err)
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return Array{}, fmt.Errorf("dataset: %w", err)
	}
	a, err := readNPY(file, info.Size())
	if err != nil {
		return Array{}, &fileError{path, err}
	}
	return a, nil
}

// readNPY reads an array from a stream of size bytes. npyio parses the header; the elements are decoded
// here, because npyio takes a file that ends early for one full of zeros.
func readNPY(from io.Reader, size int64) (Array, error) {
	header, length, err := readHeader(from)
	if err != nil {
		return Array{}, err
	}
	kind, err := elementOf(header.Descr.Type)
	if err != nil {
		return Array{}, err
	}
	shape := header.Descr.Shape
	count, err := countOf(shape, maxElements)
	if err != nil {
		return Array{}, err
	}
	if int64(count)*int64(kind.size) > size-length {
		return Array{}, fmt.Errorf("shape %v needs %d bytes of %s, the file has %d: %w", shape, int64(count)*int64(kind.size), header.Descr.Type, size-length, io.ErrUnexpectedEOF)
	}
	values, err := kind.read(from, count)
	if err != nil {
		return Array{}, err
	}
	a := Array{Shape: shape, Values: values}
	if header.Descr.Fortran {
		a.Values = fromFortran(a.Shape, a.Values)
	}
	return a, nil
}

// readHeader reads the header and its length in bytes. The bytes are collected first and npyio sees only
// them: it would allocate what a length field claims, and it panics on a malformed dictionary.
func readHeader(from io.Reader) (header npy.Header, length int64, err error) {
	head := make([]byte, 12)
	if _, err := io.ReadFull(from, head[:10]); err != nil || !bytes.Equal(head[:6], npy.Magic[:]) {
		return header, 0, errors.New("not an .npy array (its first bytes are not \\x93NUMPY)")
	}
	text := int64(binary.LittleEndian.Uint16(head[8:10]))
	head = head[:10]
	if head[6] == 2 { // version 2 has a length of 4 bytes
		head = head[:12]
		if _, err := io.ReadFull(from, head[10:]); err != nil {
			return header, 0, fmt.Errorf("the header is cut off: %w", err)
		}
		text = int64(binary.LittleEndian.Uint32(head[8:12]))
	}
	if text > maxHeader {
		return header, 0, fmt.Errorf("a header of %d bytes: %w, at most %d are read", text, ErrTooLarge, maxHeader)
	}
	whole := append(head, make([]byte, text)...)
	if _, err := io.ReadFull(from, whole[len(head):]); err != nil {
		return header, 0, fmt.Errorf("the header is cut off: %w", err)
	}
	defer func() {
		if recover() != nil {
			err = errors.New("the header is malformed")
		}
	}()
	reader, err := npy.NewReader(bytes.NewReader(whole))
	if err != nil {
		return header, 0, fmt.Errorf("the header can't be read: %w", err)
	}
	return reader.Header, int64(len(whole)), nil
}

// countOf is how many elements an array of that shape has, at most limit.
func countOf(shape []int, limit int) (int, error) {
	if len(shape) == 0 || len(shape) > maxAxes {
		return 0, fmt.Errorf("the array has %d axes; 1 to %d are read: %w", len(shape), maxAxes, ErrShape)
	}
	count, err := elements(shape)
	switch {
	case err != nil:
		return 0, err
	case shape[0] == 0:
		return 0, fmt.Errorf("shape %v: %w", shape, ErrNoRows)
	case count == 0:
		return 0, fmt.Errorf("shape %v has an empty axis: %w", shape, ErrShape)
	case count > limit:
		return 0, fmt.Errorf("shape %v has more than %d elements: %w", shape, limit, ErrTooLarge)
	}
	return count, nil
}

// fromFortran reorders values whose first axis varies fastest.
func fromFortran[T any](shape []int, from []T) []T {
	values := make([]T, len(from))
	index := make([]int, len(shape))
	for _, v := range from {
		to := 0
		for axis, i := range index {
			to = to*shape[axis] + i
		}
		values[to] = v
		for axis := range index {
			if index[axis]++; index[axis] < shape[axis] {
				break
			}
			index[axis] = 0
		}
	}
	return values
}

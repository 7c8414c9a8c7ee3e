package dataset

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
	"strings"
)

// element is how one number lies in an .npy file.
type element struct {
	size   int
	decode func(raw []byte) float64
}

// elementOf understands NumPy's type strings, such as "<f4": byte order, kind, size in bytes.
func elementOf(descr string) (element, error) {
	var order binary.ByteOrder = binary.LittleEndian
	kind := descr
	if len(descr) == 3 {
		switch descr[0] {
		case '>':
			order = binary.BigEndian
		case '<', '|', '=':
		default:
			kind = ""
		}
		if kind != "" {
			kind = descr[1:]
		}
	}
	switch kind {
	case "f4":
		return element{4, func(b []byte) float64 { return float64(math.Float32frombits(order.Uint32(b))) }}, nil
	case "f8":
		return element{8, func(b []byte) float64 { return math.Float64frombits(order.Uint64(b)) }}, nil
	case "i1":
		return element{1, func(b []byte) float64 { return float64(int8(b[0])) }}, nil
	case "i2":
		return element{2, func(b []byte) float64 { return float64(int16(order.Uint16(b))) }}, nil
	case "i4":
		return element{4, func(b []byte) float64 { return float64(int32(order.Uint32(b))) }}, nil
	case "i8":
		return element{8, func(b []byte) float64 { return float64(int64(order.Uint64(b))) }}, nil
	case "u1", "b1":
		return element{1, func(b []byte) float64 { return float64(b[0]) }}, nil
	case "u2":
		return element{2, func(b []byte) float64 { return float64(order.Uint16(b)) }}, nil
	case "u4":
		return element{4, func(b []byte) float64 { return float64(order.Uint32(b)) }}, nil
	case "u8":
		return element{8, func(b []byte) float64 { return float64(order.Uint64(b)) }}, nil
	}
	switch bare := strings.TrimLeft(descr, "<>|="); {
	case strings.HasPrefix(bare, "U"), strings.HasPrefix(bare, "S"):
		return element{}, fmt.Errorf("it holds %w (type %q). Of digits, .astype(\"float32\") makes numbers; of categories, numpy.unique(…, return_inverse=True)[1]; in the model, a StringLookup or a TextVectorization", ErrStrings, shorten(descr))
	case strings.HasPrefix(bare, "O"):
		return element{}, fmt.Errorf("it holds Python objects (type %q), which are never read. Save it again: of numbers with .astype(\"float32\"), of text with .astype(str), of rows that are arrays with numpy.stack(…)", shorten(descr))
	case strings.HasPrefix(bare, "M"), strings.HasPrefix(bare, "m"):
		return element{}, fmt.Errorf("it holds dates or times (type %q). Save it again as numbers: (… - ….min()) / numpy.timedelta64(1, \"D\") are days", shorten(descr))
	case strings.HasPrefix(bare, "c"):
		return element{}, fmt.Errorf("it holds complex numbers (type %q). Save real and imaginary parts: numpy.stack([….real, ….imag], axis=-1)", shorten(descr))
	}
	return element{}, fmt.Errorf("elements of type %q are not read; convert them with .astype('float32')", shorten(descr))
}

// read decodes count elements. The caller has made sure that so many may be allocated.
func (e element) read(from io.Reader, count int) ([]float32, error) {
	values := make([]float32, 0, count)
	chunk := make([]byte, min(count, 1<<13)*e.size)
	for len(values) < count {
		raw := chunk[:min(count-len(values), 1<<13)*e.size]
		if _, err := io.ReadFull(from, raw); err != nil {
			if errors.Is(err, io.EOF) {
				err = io.ErrUnexpectedEOF
			}
			return nil, fmt.Errorf("the data can't be read beyond element %d of %d: %w", len(values), count, err)
		}
		for ; len(raw) > 0; raw = raw[e.size:] {
			wide := e.decode(raw)
			v := float32(wide)
			if math.IsInf(float64(v), 0) && !math.IsInf(wide, 0) {
				return nil, fmt.Errorf("element %d is %g, which doesn't fit float32, whose largest number is 3.4e38", len(values), wide)
			}
			values = append(values, v)
		}
	}
	return values, nil
}

package loop

import (
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"math"
)

// entry is an array in the layout of a step: [name, type, shape].
type entry struct {
	name  string
	kind  string
	shape []int
}

func (e *entry) UnmarshalJSON(text []byte) error {
	var parts []json.RawMessage
	if err := json.Unmarshal(text, &parts); err != nil {
		return err
	}
	if len(parts) != 3 {
		return errors.New("the layout of an array isn't its name, type and shape")
	}
	return errors.Join(json.Unmarshal(parts[0], &e.name), json.Unmarshal(parts[1], &e.kind), json.Unmarshal(parts[2], &e.shape))
}

// widths are the bytes of a number, by its type.
var widths = map[string]int64{"f4": 4, "f8": 8, "i1": 1, "i2": 2, "i4": 4, "i8": 8, "u1": 1, "b1": 1, "q2": 2}

// lengths returns how many numbers an array has, and how many bytes.
func (e entry) lengths() (numbers int, bytes int64, err error) {
	width, ok := widths[e.kind]
	if !ok {
		return 0, 0, fmt.Errorf("array %q: no type %q is known", e.name, e.kind)
	}
	if len(e.shape) == 0 || len(e.shape) > 8 {
		return 0, 0, fmt.Errorf("array %q has %d axes, 1 to 8 are read", e.name, len(e.shape))
	}
	numbers = 1
	for _, d := range e.shape {
		if d < 1 || d > maxJournal/numbers {
			return 0, 0, fmt.Errorf("array %q: shape %v is empty, or more than a journal has", e.name, e.shape)
		}
		numbers *= d
	}
	if bytes = int64(numbers) * width; e.kind == "q2" {
		bytes += 4
	}
	return numbers, bytes, nil
}

// decoded are the numbers of an array, of which there are so many bytes.
func (e entry) decoded(raw []byte, count int) []float32 {
	values, order := make([]float32, count), binary.LittleEndian
	var scale float32
	if e.kind == "q2" {
		scale, raw = math.Float32frombits(order.Uint32(raw)), raw[4:]
	}
	width := int(widths[e.kind])
	for i := range values {
		b := raw[i*width : (i+1)*width]
		switch e.kind {
		case "f4":
			values[i] = math.Float32frombits(order.Uint32(b))
		case "f8":
			values[i] = float32(math.Float64frombits(order.Uint64(b)))
		case "i1":
			values[i] = float32(int8(b[0]))
		case "i2":
			values[i] = float32(int16(order.Uint16(b)))
		case "i4":
			values[i] = float32(int32(order.Uint32(b)))
		case "i8":
			values[i] = float32(int64(order.Uint64(b)))
		case "q2":
			values[i] = scaled(int16(order.Uint16(b)), scale)
		default: // u1, b1
			values[i] = float32(b[0])
		}
	}
	return values
}

// scaled is a number that is kept in 16 bits, the last of which stand for what isn't finite.
func scaled(n int16, scale float32) float32 {
	switch n {
	case math.MinInt16:
		return float32(math.NaN())
	case math.MaxInt16:
		return float32(math.Inf(1))
	case -math.MaxInt16:
		return float32(math.Inf(-1))
	}
	return float32(n) * scale
}

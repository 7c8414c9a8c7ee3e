package torch

import (
	"encoding/binary"
	"encoding/json"
	"fmt"
	"math"
	"slices"

	"example.com/unstuck/pkg/dataset"
)

// tensor is a tensor of the file: a parameter, a buffer or a constant.
type tensor struct {
	shape  []int
	values []float32
	whole  bool   // it holds integers or truth values
	still  bool   // no gradient moves it
	store  string // where it lies in the file: two in one place are one
}

func (t tensor) array() dataset.Array { return dataset.Array{Shape: t.shape, Values: t.values} }

// maxValues bounds the numbers of a tensor, and those of all of a file.
const maxValues = MaxWeights / 4

// element is how a number type lies in a file.
type element struct {
	bytes int
	read  func(b []byte) float32
	whole bool
}

// elements are the number types by PyTorch's ScalarType.
var elements = map[int]element{
	1:  {1, func(b []byte) float32 { return float32(b[0]) }, true},
	2:  {1, func(b []byte) float32 { return float32(int8(b[0])) }, true},
	3:  {2, func(b []byte) float32 { return float32(int16(binary.LittleEndian.Uint16(b))) }, true},
	4:  {4, func(b []byte) float32 { return float32(int32(binary.LittleEndian.Uint32(b))) }, true},
	5:  {8, func(b []byte) float32 { return float32(int64(binary.LittleEndian.Uint64(b))) }, true},
	6:  {2, func(b []byte) float32 { return halfFloat(binary.LittleEndian.Uint16(b)) }, false},
	7:  {4, func(b []byte) float32 { return math.Float32frombits(binary.LittleEndian.Uint32(b)) }, false},
	8:  {8, func(b []byte) float32 { return float32(math.Float64frombits(binary.LittleEndian.Uint64(b))) }, false},
	12: {1, func(b []byte) float32 { return float32(min(b[0], 1)) }, true},
	13: {2, func(b []byte) float32 { return math.Float32frombits(uint32(binary.LittleEndian.Uint16(b)) << 16) }, false},
}

// isWhole reports whether a ScalarType is one of integers or truth values.
func isWhole(dtype int) bool { return elements[dtype].whole }

func halfFloat(bits uint16) float32 {
	sign, exponent, fraction := uint32(bits>>15)<<31, int(bits>>10&0x1f), uint32(bits&0x3ff)
	switch {
	case exponent == 0x1f:
		return math.Float32frombits(sign | 0x7f800000 | fraction<<13)
	case exponent == 0:
		v := float32(fraction) * (1.0 / (1 << 24))
		return math.Float32frombits(math.Float32bits(v) | sign)
	}
	return math.Float32frombits(sign | uint32(exponent+127-15)<<23 | fraction<<13)
}

// payload is the entry of one tensor in the lists of weights and constants.
type payload struct {
	Path   string      `json:"path_name"`
	Pickle bool        `json:"use_pickle"`
	Meta   *tensorMeta `json:"tensor_meta"`
}

// readTensors reads all tensors of a list, by their names; none where the list isn't there.
func (a *archive) readTensors(list, dir string) (map[string]tensor, error) {
	all := map[string]tensor{}
	if !a.has(list) {
		return all, nil
	}
	content, err := a.part(list, MaxGraph)
	if err != nil {
		return nil, err
	}
	var entries struct {
		Config map[string]payload `json:"config"`
	}
	if err := json.Unmarshal(content, &entries); err != nil {
		return nil, fmt.Errorf("%s: %v: %w", list, err, ErrNotProgram)
	}
	for name, p := range entries.Config { // several may be made of the same few bytes
		if p.Meta == nil {
			continue
		}
		_, size, err := sizesOf(p.Meta.Sizes)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		if a.numbers += size; a.numbers > maxValues {
			return nil, fmt.Errorf("with %s it has more than %d numbers: %w", name, maxValues, ErrNotProgram)
		}
	}
	stores := map[string][]byte{} // several tensors may lie in one
	for name, p := range entries.Config {
		t, err := a.readTensor(dir, p, stores)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		all[name] = t
	}
	return all, nil
}

func (a *archive) readTensor(dir string, p payload, stores map[string][]byte) (tensor, error) {
	var t tensor
	switch {
	case p.Pickle:
		return t, fmt.Errorf("it lies in a pickle, which this program never opens: a tensor of plain numbers is needed: %w", ErrNotProgram)
	case p.Meta == nil:
		return t, fmt.Errorf("nothing says what it is: %w", ErrNotProgram)
	}
	e, ok := elements[p.Meta.Dtype]
	if !ok {
		return t, fmt.Errorf("numbers of PyTorch's type %d aren't read: %w", p.Meta.Dtype, ErrNotProgram)
	}
	shape, size, err := sizesOf(p.Meta.Sizes)
	if err != nil {
		return t, err
	}
	strides, offset, err := p.Meta.strides(shape)
	if err != nil {
		return t, err
	}
	last := offset
	for i, n := range shape {
		if last += (n - 1) * strides[i]; last > maxValues {
			return t, fmt.Errorf("its strides make no sense: %w", ErrNotProgram)
		}
	}
	store := stores[p.Path]
	if need := max(0, last+1) * e.bytes; size > 0 && len(store) < need {
		if store, err = a.start(dir+p.Path, int64(need)); err != nil {
			return t, err
		}
		stores[p.Path] = store
	}
	if size > 0 && (last < 0 || last >= len(store)/e.bytes) {
		return t, fmt.Errorf("its %d bytes don't hold shape %v: %w", len(store), shape, ErrNotProgram)
	}
	t = tensor{shape: shape, values: make([]float32, size), whole: e.whole, still: !p.Meta.Trained, store: p.Path}
	at := make([]int, len(shape))
	for i := range t.values {
		place := offset
		for k, n := range at {
			place += n * strides[k]
		}
		t.values[i] = e.read(store[place*e.bytes:])
		for k := len(at) - 1; k >= 0; k-- {
			if at[k]++; at[k] < shape[k] {
				break
			}
			at[k] = 0
		}
	}
	return t, nil
}

// strides are how far apart neighbours lie along each axis, in numbers, and where the first one lies.
func (m *tensorMeta) strides(shape []int) (strides []int, offset int, err error) {
	if len(m.Strides) != len(shape) {
		return nil, 0, fmt.Errorf("it has %d strides for %d axes: %w", len(m.Strides), len(shape), ErrNotProgram)
	}
	for _, s := range append(slices.Clone(m.Strides), m.Offset) {
		n, ok := s.value()
		if !ok || n < 0 || n > maxValues {
			return nil, 0, fmt.Errorf("its strides make no sense: %w", ErrNotProgram)
		}
		strides = append(strides, n)
	}
	return strides[:len(shape)], strides[len(shape)], nil
}

// sizesOf are the sizes of a tensor and how many numbers it has.
func sizesOf(sizes []symInt) (shape []int, size int, err error) {
	size, shape = 1, []int{}
	if len(sizes) > 16 {
		return nil, 0, fmt.Errorf("%d axes are too many: %w", len(sizes), ErrNotProgram)
	}
	for _, s := range sizes {
		n, ok := s.value()
		if !ok || n < 0 || n > maxValues || n > 0 && size > maxValues/n {
			return nil, 0, fmt.Errorf("its sizes make no sense: %w", ErrNotProgram)
		}
		shape, size = append(shape, n), size*n
	}
	return shape, size, nil
}

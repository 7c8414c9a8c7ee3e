package loop

import (
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math"
	"os"
	"path/filepath"

	"example.com/unstuck/internal/excerpt"
	"example.com/unstuck/pkg/dataset"
)

// journalFile holds the steps, one record behind another, as python/unstuck/journal.py says.
const journalFile = "steps.journal"

const (
	journalBegin = "unstuck steps 1\n"
	journalHead  = 20
	maxJournal   = 128 << 20 // bytes; a recording has 64 MiB at most
	maxJournaled = 1 << 16   // arrays of a step
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

// readJournal reads the steps of a recording up to the first one that isn't whole, as of a loop that was killed while it was
// written; torn says that there is such a one.
func (r *Recording) readJournal() (torn bool, err error) {
	path := filepath.Join(r.Folder, journalFile)
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return false, fmt.Errorf("%s is missing: the recording isn't whole", path)
	case err != nil:
		return false, err
	case !info.Mode().IsRegular():
		return false, fmt.Errorf("%s is not a regular file", path)
	case info.Size() > maxJournal:
		return false, fmt.Errorf("%s: more than %d MiB", path, maxJournal>>20)
	}
	file, err := os.Open(path)
	if err != nil {
		return false, err
	}
	defer file.Close()
	if torn, err = r.readSteps(file, info.Size()); err != nil {
		return torn, fmt.Errorf("%s: %w", path, err)
	}
	return torn, nil
}

// readSteps reads a journal of so many bytes.
func (r *Recording) readSteps(from io.Reader, size int64) (torn bool, err error) {
	begin := make([]byte, len(journalBegin))
	if _, err := io.ReadFull(from, begin); err != nil || string(begin) != journalBegin {
		return false, errors.New("not a journal of steps, or of another version: it must begin with \"unstuck steps 1\"")
	}
	left := size - int64(len(begin))
	var layout []entry
	for left > 0 {
		head := make([]byte, journalHead)
		if left < journalHead {
			return true, nil
		}
		if _, err := io.ReadFull(from, head); err != nil {
			return false, err
		}
		left -= journalHead
		told, described := int64(binary.LittleEndian.Uint32(head[4:])), int64(binary.LittleEndian.Uint32(head[8:]))
		numbers := binary.LittleEndian.Uint64(head[12:])
		n := len(r.Steps) + 1
		switch {
		case string(head[:4]) != "step":
			return false, fmt.Errorf("step %d: no record begins where the one before ends", n)
		case n > maxSteps:
			return false, fmt.Errorf("more than %d steps", maxSteps)
		case told > left || described > left-told || numbers > uint64(left-told-described):
			return true, nil
		case told > maxJSON || described > maxJSON:
			return false, fmt.Errorf("step %d: more than %d bytes of JSON", n, maxJSON)
		}
		content := make([]byte, told+described+int64(numbers))
		if _, err := io.ReadFull(from, content); err != nil {
			return false, err
		}
		left -= int64(len(content))
		if described > 0 {
			layout = nil
			if err := json.Unmarshal(content[told:told+described], &layout); err != nil {
				return false, fmt.Errorf("step %d: its arrays aren't described as unstuck.watch does it: %s", n, excerpt.Of(mistyped(err), 200))
			}
		}
		s, err := r.journaled(n, content[:told], layout, content[told+described:])
		if err != nil {
			return false, fmt.Errorf("step %d: %w", n, err)
		}
		r.Steps = append(r.Steps, s)
	}
	return false, nil
}

// journaled makes a step of its record's parts.
func (r *Recording) journaled(n int, told []byte, layout []entry, numbers []byte) (Step, error) {
	s := Step{}
	if err := json.Unmarshal(told, &s); err != nil {
		return s, fmt.Errorf("not as unstuck.watch writes it: %s", excerpt.Of(mistyped(err), 200))
	}
	if s.Number != n {
		return s, fmt.Errorf("its record says step %d", s.Number)
	}
	if err := r.knows(s); err != nil {
		return s, err
	}
	if len(layout) > maxJournaled {
		return s, fmt.Errorf("%d arrays: at most %d are read", len(layout), maxJournaled)
	}
	s.values, s.Arrays = map[string]dataset.Array{}, map[string][]int{}
	for _, e := range layout {
		count, length, err := e.lengths()
		if err != nil {
			return s, err
		}
		if length > int64(len(numbers)) {
			return s, fmt.Errorf("array %q has %d bytes, %d are left", e.name, length, len(numbers))
		}
		if at, isOf := s.parameterOf(e.name); isOf && (at < 0 || at >= len(r.Parameters) || count != elements(r.Parameters[at].Shape)) {
			return s, fmt.Errorf("%q isn't of a parameter of %s, or not of its shape", e.name, File)
		}
		s.values[e.name] = dataset.Array{Shape: e.shape, Values: e.decoded(numbers[:length], count)}
		s.Arrays[e.name] = e.shape
		numbers = numbers[length:]
	}
	if len(numbers) > 0 {
		return s, fmt.Errorf("%d bytes of numbers belong to no array", len(numbers))
	}
	return s, nil
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

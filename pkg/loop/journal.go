package loop

import (
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"example.com/unstuck/internal/excerpt"
	"example.com/unstuck/pkg/dataset"
)

// journalFile holds the steps, one record behind another, as python/unstuck/journal.py says.
const journalFile = "steps.journal"

// Of what a journal begins with, and how long the heads of its records are. The first version had no count of its records and no sums.
const (
	journalBegin  = "unstuck steps 2\n"
	journalBegin1 = "unstuck steps 1\n"
	journalCount  = 8
	journalHead   = 32
	journalHead1  = 20
	maxJournal    = 128 << 20 // bytes; a recording has 64 MiB at most
	maxJournaled  = 1 << 16   // arrays of a step
	maxArrays     = 1 << 18   // arrays of all steps: the smallest takes two hundred times the memory that it takes of the file
)

// journalEnd is how a journal ends.
type journalEnd struct {
	written int    // records that its first lines tell of; 0: not known, or none
	torn    bool   // the last record isn't whole
	damaged string // what of the next record can't be right; empty: nothing
	gap     int    // the number of a step that is missing though later ones are there; 0: none
}

// readJournal reads the steps of a recording up to the first one that can't be read or is missing.
func (r *Recording) readJournal() (journalEnd, error) {
	path := filepath.Join(r.Folder, journalFile)
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return journalEnd{}, fmt.Errorf("%s is missing: the recording isn't whole", path)
	case err != nil:
		return journalEnd{}, err
	case !info.Mode().IsRegular():
		return journalEnd{}, fmt.Errorf("%s is not a regular file", path)
	case info.Size() > maxJournal:
		return journalEnd{}, fmt.Errorf("%s: more than %d MiB", path, maxJournal>>20)
	}
	file, err := os.Open(path)
	if err != nil {
		return journalEnd{}, err
	}
	defer file.Close()
	end, err := r.readSteps(file, info.Size())
	if err != nil {
		return end, fmt.Errorf("%s: %w", path, err)
	}
	return end, nil
}

// tooMuch is an error of a journal beyond the limits, and not of a damaged one.
type tooMuch struct{ error }

// readSteps reads a journal of so many bytes. What isn't right behind good steps is in the end that is returned; ahead of them, and
// beyond the limits, it is an error.
func (r *Recording) readSteps(from io.Reader, size int64) (end journalEnd, err error) {
	j := journal{from: from, left: size, head: journalHead}
	begin, _, err := j.take(int64(len(journalBegin)))
	switch {
	case err != nil:
		return end, err
	case string(begin) == journalBegin1:
		j.head = journalHead1
	case string(begin) != journalBegin:
		return end, errors.New("not a journal of steps, or of another version: it must begin with \"unstuck steps 2\"")
	default:
		count, whole, err := j.take(journalCount)
		if err != nil || !whole {
			end.torn = true
			return end, err
		}
		end.written = int(min(binary.LittleEndian.Uint64(count), maxSteps+1))
	}
	for j.left > 0 {
		n := len(r.Steps) + 1
		if n > maxSteps {
			return end, fmt.Errorf("more than %d steps", maxSteps)
		}
		told, numbers, err := j.record(n)
		if errors.Is(err, errTorn) {
			end.torn = true
			return end, nil
		}
		if j.arrays += len(j.layout); err == nil && j.arrays > maxArrays {
			err = tooMuch{fmt.Errorf("more than %d arrays up to here", maxArrays)}
		}
		var s Step
		if err == nil {
			s, err = r.journaled(told, j.layout, numbers)
		}
		switch {
		case err == nil && s.Number > n && n > 1:
			end.gap = n
			return end, nil
		case err == nil && s.Number != n:
			err = fmt.Errorf("its record says step %d", s.Number)
		}
		var beyond tooMuch
		switch {
		case err == nil:
			r.Steps = append(r.Steps, s)
		case n == 1 || errors.As(err, &beyond):
			return end, fmt.Errorf("step %d: %w", n, err)
		default:
			end.damaged = err.Error()
			return end, nil
		}
	}
	return end, nil
}

// errTorn is a record that the file ends in.
var errTorn = errors.New("the record isn't whole")

// journal gives the records of a file one after another.
type journal struct {
	from   io.Reader
	left   int64
	head   int64
	layout []entry // of the last record that had one
	arrays int     // in all records so far
}

// take reads so many bytes; where there are fewer, whole is false.
func (j *journal) take(n int64) (content []byte, whole bool, err error) {
	if n > j.left {
		return nil, false, nil
	}
	content = make([]byte, n)
	if _, err := io.ReadFull(j.from, content); err != nil {
		return nil, false, err
	}
	j.left -= n
	return content, true, nil
}

// record reads the next record, the n-th, with its layout.
func (j *journal) record(n int) (told, numbers []byte, err error) {
	head, whole, err := j.take(j.head)
	if err != nil {
		return nil, nil, err
	}
	if !whole {
		return nil, nil, errTorn
	}
	order := binary.LittleEndian
	tells, describes, length := int64(order.Uint32(head[4:])), int64(order.Uint32(head[8:])), order.Uint64(head[j.head-8:])
	if j.head == journalHead {
		length = order.Uint64(head[16:])
	}
	switch {
	case string(head[:4]) != "step":
		return nil, nil, errors.New("no record begins where the one before ends")
	case j.head == journalHead && order.Uint32(head[12:]) != uint32(n):
		return nil, nil, fmt.Errorf("its record is number %d", order.Uint32(head[12:]))
	case tells > j.left || describes > j.left-tells || length > uint64(j.left-tells-describes):
		return nil, nil, errTorn
	case tells > maxJSON || describes > maxJSON:
		return nil, nil, tooMuch{fmt.Errorf("more than %d bytes of JSON", maxJSON)}
	}
	content, _, err := j.take(tells + describes + int64(length))
	if err != nil {
		return nil, nil, err
	}
	if j.head == journalHead && summed(content) != order.Uint64(head[24:]) {
		return nil, nil, errors.New("its bytes aren't those that were written")
	}
	if describes > 0 {
		j.layout = nil
		if err := json.Unmarshal(content[tells:tells+describes], &j.layout); err != nil {
			return nil, nil, fmt.Errorf("its arrays aren't described as unstuck.watch does it: %s", excerpt.Of(mistyped(err), 200))
		}
	}
	return content[:tells], content[tells+describes:], nil
}

// summed is the sum of a text as integers of 8 bytes, without what is carried.
func summed(content []byte) (sum uint64) {
	for len(content) >= 8 {
		sum, content = sum+binary.LittleEndian.Uint64(content), content[8:]
	}
	var last [8]byte
	copy(last[:], content)
	return sum + binary.LittleEndian.Uint64(last[:])
}

// journaled makes a step of its record's parts.
func (r *Recording) journaled(told []byte, layout []entry, numbers []byte) (Step, error) {
	s := Step{}
	if err := json.Unmarshal(told, &s); err != nil {
		return s, fmt.Errorf("not as unstuck.watch writes it: %s", excerpt.Of(mistyped(err), 200))
	}
	if err := r.knows(s); err != nil {
		return s, err
	}
	if len(layout) > maxJournaled {
		return s, tooMuch{fmt.Errorf("%d arrays: at most %d are read", len(layout), maxJournaled)}
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

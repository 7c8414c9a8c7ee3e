package checkpoint

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"

	"example.com/unstuck/internal/atomicfile"
)

// A checkpoint file, all numbers little-endian:
//
//	8 bytes   "unstuck\n"
//	uint32    version of the format: 1
//	uint64    length of the header
//	          header: JSON, see Header
//	          the arrays, one after the other, in the header's order
//	32 bytes  SHA-256 of everything before

const (
	magic      = "unstuck\n"
	version    = 1
	prefixSize = len(magic) + 4 + 8
)

// Header says what a checkpoint holds: all of it but the values.
type Header struct {
	Arrays      []Array   `json:"arrays"`                 // the variables, then parts of the history
	Input       []int     `json:"input"`                  // what the model was built for, the batch left out
	Target      []int     `json:"target"`                 // null: never trained
	MoreInputs  [][]int   `json:"more_inputs,omitempty"`  // of a model with several, those behind the first
	MoreTargets [][]int   `json:"more_targets,omitempty"` // the same
	Seed        int64     `json:"seed"`                   // of the model
	Epochs      int       `json:"epochs"`                 // trained over the life of the model
	Steps       int       `json:"steps"`                  // the same
	Training    *Training `json:"training,omitempty"`     // the Fit at hand; null: saved outside of one
}

// Array describes one array of values.
type Array struct {
	Name  string `json:"name"` // a variable's path, [StepLosses] or [StepReadings]
	DType string `json:"dtype"`
	Shape []int  `json:"shape"`
	Bytes int64  `json:"bytes"`
}

// Names of the arrays that hold a history's losses and readings; a variable's path begins with "/".
const (
	StepLosses   = "history/steps"    // [steps]
	StepReadings = "history/readings" // [steps, numbers]
)

// File is a checkpoint file in memory. The zero value holds nothing; [File.Add] fills it.
type File struct {
	Header
	data [][]byte // of each array
}

// Add appends an array of Go numbers, a slice of a fixed size each, by the name of its variable.
func (f *File) Add(name, dtype string, shape []int, flat any) error {
	data, err := binary.Append(nil, binary.LittleEndian, flat)
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	f.Arrays = append(f.Arrays, Array{Name: name, DType: dtype, Shape: shape, Bytes: int64(len(data))})
	f.data = append(f.data, data)
	return nil
}

// Write writes the file.
func (f *File) Write(w io.Writer) error {
	header, err := json.Marshal(f.Header)
	if err != nil {
		return err
	}
	sum := sha256.New()
	all := io.MultiWriter(w, sum)
	prefix := binary.LittleEndian.AppendUint32([]byte(magic), version)
	prefix = binary.LittleEndian.AppendUint64(prefix, uint64(len(header)))
	for _, part := range append([][]byte{prefix, header}, f.data...) {
		if _, err := all.Write(part); err != nil {
			return err
		}
	}
	_, err = w.Write(sum.Sum(nil))
	return err
}

// Read reads a file of that size in bytes. Nothing larger than the file is ever allocated, and nothing
// is returned unless the checksum is right.
func Read(r io.Reader, size int64) (*File, error) {
	sum := sha256.New()
	all := io.TeeReader(r, sum)
	left := size - int64(prefixSize) - sha256.Size
	if left < 0 {
		return nil, fmt.Errorf("%d bytes are too few for a checkpoint", size)
	}
	headerSize, err := readPrefix(all)
	if err != nil {
		return nil, err
	}
	if headerSize > uint64(left) {
		return nil, fmt.Errorf("the header claims %d bytes of a file of %d: the file is cut off or damaged", headerSize, size)
	}
	left -= int64(headerSize)
	header := make([]byte, headerSize)
	if _, err := io.ReadFull(all, header); err != nil {
		return nil, err
	}
	f := &File{}
	if err := json.Unmarshal(header, &f.Header); err != nil {
		return nil, fmt.Errorf("the header is damaged: %.200v", err) // it may quote a number of any length
	}
	if err := f.checkNames(); err != nil {
		return nil, err
	}
	if err := f.readArrays(all, left); err != nil {
		return nil, err
	}
	var found [sha256.Size]byte
	if _, err := io.ReadFull(r, found[:]); err != nil {
		return nil, err
	}
	if !bytes.Equal(found[:], sum.Sum(nil)) {
		return nil, errors.New("the checksum is wrong: the file is damaged")
	}
	return f, nil
}

// readPrefix returns the length of the header.
func readPrefix(r io.Reader) (uint64, error) {
	var prefix [prefixSize]byte
	if _, err := io.ReadFull(r, prefix[:]); err != nil {
		return 0, err
	}
	rest, ok := bytes.CutPrefix(prefix[:], []byte(magic))
	if !ok {
		return 0, errors.New("this is no checkpoint")
	}
	if v := binary.LittleEndian.Uint32(rest); v != version {
		return 0, fmt.Errorf("version %d of the checkpoint format, this program reads version %d", v, version)
	}
	return binary.LittleEndian.Uint64(rest[4:]), nil
}

// What a header may hold: no model has more, and what errors quote stays short.
const (
	maxAxes = 32
	maxName = 1024
)

func (f *Header) checkNames() error {
	if len(f.Input) > maxAxes || len(f.Target) > maxAxes {
		return fmt.Errorf("rows of more than %d axes are no model's: the file is damaged", maxAxes)
	}
	for i, a := range f.Arrays {
		if len(a.Name) > maxName || len(a.DType) > maxName || len(a.Shape) > maxAxes {
			return fmt.Errorf("array %d has a name of %d bytes, a type of %d, and %d axes: the file is damaged", i, len(a.Name), len(a.DType), len(a.Shape))
		}
	}
	return nil
}

// readArrays reads the arrays, which must be as many bytes as are left.
func (f *File) readArrays(r io.Reader, left int64) error {
	claimed := int64(0)
	for _, a := range f.Arrays {
		if a.Bytes < 0 || a.Bytes > left-claimed {
			return fmt.Errorf("%q claims %d bytes, more than the file has: it is cut off or damaged", a.Name, a.Bytes)
		}
		claimed += a.Bytes
	}
	if claimed != left {
		return fmt.Errorf("the file has %d bytes of values, its header %d: it is damaged", left, claimed)
	}
	for _, a := range f.Arrays {
		data := make([]byte, a.Bytes)
		if _, err := io.ReadFull(r, data); err != nil {
			return err
		}
		f.data = append(f.data, data)
	}
	return nil
}

// Values are the bytes of array i of [Header.Arrays], little-endian.
func (f *File) Values(i int) []byte { return f.data[i] }

// Float32s returns the values of an array; false when it isn't there or is no array of float32.
func (f *File) Float32s(name string) ([]float32, bool) {
	i := slices.IndexFunc(f.Arrays, func(a Array) bool { return a.Name == name })
	if i < 0 || len(f.data[i])%4 != 0 {
		return nil, false
	}
	values := make([]float32, len(f.data[i])/4)
	_, err := binary.Decode(f.data[i], binary.LittleEndian, values)
	return values, err == nil
}

// Save writes the file beside path first and then renames it, so that a crash or a kill at any moment leaves the old file or
// the new one, whole. The folder must exist.
func (f *File) Save(path string) error { return atomicfile.Write(path, 0o644, f.Write) }

// Open reads the file at path, which must be a regular one.
func Open(path string) (*File, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, errors.New("this is no regular file")
	}
	return Read(f, info.Size())
}

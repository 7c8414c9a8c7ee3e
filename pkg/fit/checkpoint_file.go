package fit

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
)

// A checkpoint file, all numbers little-endian:
//
//	8 bytes   "unstuck\n"
//	uint32    version of the format: 1
//	uint64    length of the header
//	          header: JSON, see checkpointHeader
//	          the arrays, one after the other, in the header's order
//	32 bytes  SHA-256 of everything before

const (
	checkpointMagic   = "unstuck\n"
	checkpointVersion = 1
	checkpointPrefix  = len(checkpointMagic) + 4 + 8
)

// checkpointHeader says what a checkpoint holds.
type checkpointHeader struct {
	Arrays      []arrayHeader   `json:"arrays"`                 // the variables, then parts of the history
	Input       []int           `json:"input"`                  // what the model was built for, the batch left out
	Target      []int           `json:"target"`                 // null: never trained
	MoreInputs  [][]int         `json:"more_inputs,omitempty"`  // of a model with several, those behind the first
	MoreTargets [][]int         `json:"more_targets,omitempty"` // the same
	Seed        int64           `json:"seed"`                   // of the model
	Epochs      int             `json:"epochs"`                 // trained over the life of the model
	Steps       int             `json:"steps"`                  // the same
	Training    *trainingRecord `json:"training,omitempty"`     // the Fit at hand; null: saved outside of one
}

// arrayHeader describes one array.
type arrayHeader struct {
	Name  string `json:"name"` // a variable's path, stepLosses or stepReadings
	DType string `json:"dtype"`
	Shape []int  `json:"shape"`
	Bytes int64  `json:"bytes"`
}

// Names of the arrays that hold History.Steps and History.Readings; a variable's path begins with "/".
const (
	stepLosses   = "history/steps"    // [steps]
	stepReadings = "history/readings" // [steps, numbers]
)

// checkpoint is a checkpoint file in memory.
type checkpoint struct {
	checkpointHeader
	data [][]byte // of each array
}

// add appends an array of Go numbers.
func (c *checkpoint) add(name, dtype string, shape []int, flat any) error {
	data, err := binary.Append(nil, binary.LittleEndian, flat)
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	c.Arrays = append(c.Arrays, arrayHeader{Name: name, DType: dtype, Shape: shape, Bytes: int64(len(data))})
	c.data = append(c.data, data)
	return nil
}

// write writes the file.
func (c *checkpoint) write(w io.Writer) error {
	header, err := json.Marshal(c.checkpointHeader)
	if err != nil {
		return err
	}
	sum := sha256.New()
	all := io.MultiWriter(w, sum)
	prefix := binary.LittleEndian.AppendUint32([]byte(checkpointMagic), checkpointVersion)
	prefix = binary.LittleEndian.AppendUint64(prefix, uint64(len(header)))
	for _, part := range append([][]byte{prefix, header}, c.data...) {
		if _, err := all.Write(part); err != nil {
			return err
		}
	}
	_, err = w.Write(sum.Sum(nil))
	return err
}

// readCheckpoint reads a file of that size. Nothing larger than the file is ever allocated, and nothing
// is returned unless the checksum is right.
func readCheckpoint(r io.Reader, size int64) (*checkpoint, error) {
	sum := sha256.New()
	all := io.TeeReader(r, sum)
	left := size - int64(checkpointPrefix) - sha256.Size
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
	c := &checkpoint{}
	if err := json.Unmarshal(header, &c.checkpointHeader); err != nil {
		return nil, fmt.Errorf("the header is damaged: %.200v", err) // it may quote a number of any length
	}
	if err := c.checkNames(); err != nil {
		return nil, err
	}
	if err := c.readArrays(all, left); err != nil {
		return nil, err
	}
	var found [sha256.Size]byte
	if _, err := io.ReadFull(r, found[:]); err != nil {
		return nil, err
	}
	if !bytes.Equal(found[:], sum.Sum(nil)) {
		return nil, errors.New("the checksum is wrong: the file is damaged")
	}
	return c, nil
}

// readPrefix returns the length of the header.
func readPrefix(r io.Reader) (uint64, error) {
	var prefix [checkpointPrefix]byte
	if _, err := io.ReadFull(r, prefix[:]); err != nil {
		return 0, err
	}
	rest, ok := bytes.CutPrefix(prefix[:], []byte(checkpointMagic))
	if !ok {
		return 0, errors.New("this is no checkpoint")
	}
	if v := binary.LittleEndian.Uint32(rest); v != checkpointVersion {
		return 0, fmt.Errorf("version %d of the checkpoint format, this program reads version %d", v, checkpointVersion)
	}
	return binary.LittleEndian.Uint64(rest[4:]), nil
}

// What a header may hold: no model has more, and what errors quote stays short.
const (
	maxAxes = 32
	maxName = 1024
)

func (c *checkpointHeader) checkNames() error {
	if len(c.Input) > maxAxes || len(c.Target) > maxAxes {
		return fmt.Errorf("rows of more than %d axes are no model's: the file is damaged", maxAxes)
	}
	for i, a := range c.Arrays {
		if len(a.Name) > maxName || len(a.DType) > maxName || len(a.Shape) > maxAxes {
			return fmt.Errorf("array %d has a name of %d bytes, a type of %d, and %d axes: the file is damaged", i, len(a.Name), len(a.DType), len(a.Shape))
		}
	}
	return nil
}

// readArrays reads the arrays, which must be as many bytes as are left.
func (c *checkpoint) readArrays(r io.Reader, left int64) error {
	claimed := int64(0)
	for _, a := range c.Arrays {
		if a.Bytes < 0 || a.Bytes > left-claimed {
			return fmt.Errorf("%q claims %d bytes, more than the file has: it is cut off or damaged", a.Name, a.Bytes)
		}
		claimed += a.Bytes
	}
	if claimed != left {
		return fmt.Errorf("the file has %d bytes of values, its header %d: it is damaged", left, claimed)
	}
	for _, a := range c.Arrays {
		data := make([]byte, a.Bytes)
		if _, err := io.ReadFull(r, data); err != nil {
			return err
		}
		c.data = append(c.data, data)
	}
	return nil
}

// number is a float64 that JSON can hold: NaN and infinities are strings.
type number float64

// MarshalJSON writes the shortest text that reads as the same number.
func (n number) MarshalJSON() ([]byte, error) {
	if f := float64(n); math.IsNaN(f) || math.IsInf(f, 0) {
		return json.Marshal(fmt.Sprint(f))
	}
	return json.Marshal(float64(n))
}

// UnmarshalJSON reads what MarshalJSON writes.
func (n *number) UnmarshalJSON(text []byte) error {
	switch string(text) {
	case `"NaN"`:
		*n = number(nan)
	case `"+Inf"`:
		*n = number(math.Inf(1))
	case `"-Inf"`:
		*n = number(math.Inf(-1))
	default:
		return json.Unmarshal(text, (*float64)(n))
	}
	return nil
}

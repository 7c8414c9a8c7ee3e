package logs

import (
	"encoding/binary"
	"fmt"
	"math"
	"strings"

	"google.golang.org/protobuf/encoding/protowire"

	"example.com/unstuck/internal/excerpt"
	"example.com/unstuck/pkg/curve"
	"example.com/unstuck/pkg/record"
)

// isEvents reports whether the text begins as TensorBoard's event files do: with a frame whose length has the right checksum.
func isEvents(text []byte) bool {
	_, _, err := record.NextFrame(text)
	return err == nil && len(text) >= 16
}

// readEvents reads the scalars of an event file. A last frame that isn't whole is one that was being written.
func readEvents(text []byte) (*Log, error) {
	var t events
	frames := 0
	for len(text) > 0 {
		data, rest, err := record.NextFrame(text)
		if err != nil {
			if frames == 0 {
				return nil, err
			}
			t.remarks = append(t.remarks, fmt.Sprintf("behind %d events the file breaks off: %v", frames, err))
			break
		}
		frames++
		if err := t.event(data); err != nil {
			return nil, fmt.Errorf("event %d: %w", frames, err)
		}
		text = rest
	}
	return t.log()
}

// events gathers scalars by their tags.
type events struct {
	tags    []string
	series  map[string]*curve.Series
	numbers int
	remarks []string
}

func (t *events) log() (*Log, error) {
	log := &Log{Format: "an event file of TensorBoard", Remarks: t.remarks}
	for _, tag := range t.tags {
		log.Series = append(log.Series, *t.series[tag])
	}
	if len(log.Series) == 0 {
		return nil, fmt.Errorf("read as %s, there are no scalars in it", log.Format)
	}
	return log, nil
}

// event reads one Event (tensorflow/core/util/event.proto): step 2, summary 5.
func (t *events) event(data []byte) error {
	step, summaries := int64(0), [][]byte{}
	err := fields(data, func(number protowire.Number, v field) {
		switch {
		case number == 2:
			step = int64(v.varint)
		case number == 5 && v.bytes != nil:
			summaries = append(summaries, v.bytes)
		}
	})
	for _, summary := range summaries {
		if err != nil {
			break
		}
		var failed error
		err = fields(summary, func(number protowire.Number, v field) {
			if number == 1 && v.bytes != nil && failed == nil {
				failed = t.value(step, v.bytes)
			}
		})
		if failed != nil {
			return failed
		}
	}
	return err
}

// value reads one Summary.Value: tag 1, simple_value 2, tensor 8.
func (t *events) value(step int64, data []byte) error {
	tag, v, is := "", 0.0, false
	err := fields(data, func(number protowire.Number, f field) {
		switch number {
		case 1:
			tag = excerpt.Of(string(f.bytes), 100)
		case 2:
			v, is = float64(math.Float32frombits(f.fixed32)), true
		case 8:
			if n, ok := scalarTensor(f.bytes); ok {
				v, is = n, true
			}
		}
	})
	if err != nil || !is {
		return err
	}
	s := t.series[tag]
	if s == nil {
		if len(t.tags) == mostNames {
			return fmt.Errorf("more than %d different tags", mostNames)
		}
		s = &curve.Series{Name: tag, Axis: "step"}
		if strings.Contains(tag, "epoch") {
			s.Axis = "epoch"
		}
		if t.series == nil {
			t.series = map[string]*curve.Series{}
		}
		t.series[tag] = s
		t.tags = append(t.tags, tag)
	}
	if n := len(s.At); n > 0 && float64(step) <= s.At[n-1] { // a training that was begun anew
		for n > 0 && s.At[n-1] >= float64(step) {
			n--
		}
		s.At, s.Values = s.At[:n], s.Values[:n]
	}
	s.At, s.Values = append(s.At, float64(step)), append(s.Values, v)
	if t.numbers++; t.numbers > mostNumbers {
		return fmt.Errorf("more than %d numbers", mostNumbers)
	}
	return nil
}

// scalarTensor reads a TensorProto of one number: dtype 1 (1 float, 2 double), tensor_content 4, float_val 5, double_val 6.
func scalarTensor(data []byte) (v float64, ok bool) {
	kind := uint64(0)
	err := fields(data, func(number protowire.Number, f field) {
		switch {
		case number == 1:
			kind = f.varint
		case number == 4 && kind == 1 && len(f.bytes) == 4, number == 5 && len(f.bytes) == 4:
			v, ok = float64(math.Float32frombits(binary.LittleEndian.Uint32(f.bytes))), true
		case number == 4 && kind == 2 && len(f.bytes) == 8, number == 6 && len(f.bytes) == 8:
			v, ok = math.Float64frombits(binary.LittleEndian.Uint64(f.bytes)), true
		case number == 5 && f.bytes == nil:
			v, ok = float64(math.Float32frombits(f.fixed32)), true
		}
	})
	return v, ok && err == nil
}

// field is a value in a message, as its type on the wire has it.
type field struct {
	varint  uint64
	fixed32 uint32
	fixed64 uint64
	bytes   []byte // nil where it is no run of bytes
}

// fields walks over a message.
func fields(data []byte, each func(protowire.Number, field)) error {
	for len(data) > 0 {
		number, kind, n := protowire.ConsumeTag(data)
		if n < 0 {
			return protowire.ParseError(n)
		}
		data = data[n:]
		var f field
		switch kind {
		case protowire.VarintType:
			f.varint, n = protowire.ConsumeVarint(data)
		case protowire.Fixed32Type:
			f.fixed32, n = protowire.ConsumeFixed32(data)
		case protowire.Fixed64Type:
			f.fixed64, n = protowire.ConsumeFixed64(data)
		case protowire.BytesType:
			f.bytes, n = protowire.ConsumeBytes(data)
			if f.bytes == nil {
				f.bytes = []byte{}
			}
		default:
			n = protowire.ConsumeFieldValue(number, kind, data)
		}
		if n < 0 {
			return protowire.ParseError(n)
		}
		data = data[n:]
		each(number, f)
	}
	return nil
}

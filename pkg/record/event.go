package record

import (
	"math"
	"time"

	"google.golang.org/protobuf/encoding/protowire"
)

// event is TensorFlow's message Event with a summary (tensorflow/core/util/event.proto,
// framework/summary.proto). The numbers in its methods are those files' field numbers.
type event struct {
	wall   time.Time
	step   int64
	values []summaryValue
}

// summaryValue is Summary.Value.
type summaryValue struct {
	tag       string
	scalar    float32
	histogram *histogram // nil: the scalar counts
}

// histogram is HistogramProto. Bucket i lies between limit i-1 and limit i.
type histogram struct {
	min, max, count, sum, squares float64
	limits, buckets               []float64
}

// versionEvent is what must stand first in a file.
func versionEvent(wall time.Time) []byte {
	b := appendDouble(nil, 1, seconds(wall))
	b = protowire.AppendTag(b, 3, protowire.BytesType)
	return protowire.AppendString(b, "brain.Event:2")
}

func (e event) marshal() []byte {
	b := appendDouble(nil, 1, seconds(e.wall))
	b = protowire.AppendTag(b, 2, protowire.VarintType)
	b = protowire.AppendVarint(b, uint64(e.step))
	var summary []byte
	for _, v := range e.values {
		summary = appendMessage(summary, 1, v.marshal())
	}
	return appendMessage(b, 5, summary)
}

func (v summaryValue) marshal() []byte {
	b := protowire.AppendTag(nil, 1, protowire.BytesType)
	b = protowire.AppendString(b, v.tag)
	if v.histogram != nil {
		return appendMessage(b, 5, v.histogram.marshal())
	}
	b = protowire.AppendTag(b, 2, protowire.Fixed32Type)
	return protowire.AppendFixed32(b, math.Float32bits(v.scalar))
}

func (h histogram) marshal() []byte {
	var b []byte
	for i, v := range []float64{h.min, h.max, h.count, h.sum, h.squares} {
		b = appendDouble(b, protowire.Number(i+1), v)
	}
	b = appendMessage(b, 6, doubles(h.limits))
	return appendMessage(b, 7, doubles(h.buckets))
}

func appendDouble(b []byte, field protowire.Number, v float64) []byte {
	b = protowire.AppendTag(b, field, protowire.Fixed64Type)
	return protowire.AppendFixed64(b, math.Float64bits(v))
}

func appendMessage(b []byte, field protowire.Number, message []byte) []byte {
	b = protowire.AppendTag(b, field, protowire.BytesType)
	return protowire.AppendBytes(b, message)
}

// doubles is a packed repeated field.
func doubles(values []float64) []byte {
	var b []byte
	for _, v := range values {
		b = protowire.AppendFixed64(b, math.Float64bits(v))
	}
	return b
}

func seconds(t time.Time) float64 { return float64(t.UnixMicro()) / 1e6 }

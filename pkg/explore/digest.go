package explore

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"hash"
	"reflect"
	"runtime"
	"slices"

	"example.com/unstuck/pkg/dataset"
	"example.com/unstuck/pkg/training"
)

// digest is one short text for trainings that give the same numbers. The seed is left out, because a trial has its own,
// the backend, because all give the same up to rounding, and what was assumed or looked up ahead of the
// model or stood in the program, which are remarks.
func digest(t training.Training, r Run) (string, error) {
	sum := sha256.New()
	data, validation := t.Data, t.Validation
	t.Data, t.Validation, t.Assumed, t.Encodings, t.Source, t.Seed = dataset.Data{}, dataset.Data{}, nil, nil, training.Source{}, 0
	start := t.Start
	t.Start = training.Start{Adapted: start.Adapted}
	r.Fit.Seed, r.Fit.Metrics, r.Fit.Backend = 0, nil, nil
	for _, part := range []any{t, r} {
		if err := write(sum, reflect.ValueOf(part)); err != nil {
			return "", fmt.Errorf("telling trainings apart: %w", err)
		}
	}
	for _, d := range []dataset.Data{data, validation} {
		writeData(sum, d)
	}
	writeStart(sum, start)
	return hex.EncodeToString(sum.Sum(nil)[:12]), nil
}

func writeData(sum hash.Hash, d dataset.Data) {
	all := slices.Concat(d.Inputs(), d.Outputs())
	for _, a := range all {
		fmt.Fprintf(sum, "\n%v", a.Shape)
	}
	fmt.Fprintf(sum, "\n%d %t", len(d.MoreX), d.SampleWeight != nil)
	buffer := make([]byte, 0, 1<<16)
	for _, a := range append(all, dataset.Array{Values: d.SampleWeight}) {
		for part := range slices.Chunk(a.Values, cap(buffer)/4) {
			buffer, _ = binary.Append(buffer[:0], binary.LittleEndian, part) // float32s always fit
			sum.Write(buffer)
		}
	}
}

// writeStart writes where a training begins; of where that comes from nothing depends.
func writeStart(sum hash.Hash, s training.Start) {
	array := func(name string, shape []int, values []float32) {
		fmt.Fprintf(sum, "\n%q ", name)
		writeData(sum, dataset.Data{X: dataset.Array{Shape: shape, Values: values}})
	}
	for _, w := range s.Weights {
		array(w.Path, w.Array.Shape, w.Array.Values)
	}
	if s.Memory == nil {
		return
	}
	fmt.Fprintf(sum, "\n%d", s.Memory.Steps)
	for _, slot := range s.Memory.Slots {
		array(slot.Slot+slot.Weight, slot.Shape, slot.Values)
	}
}

// write writes a value with its types, all the way down; of a function its name.
func write(sum hash.Hash, v reflect.Value) error {
	if !v.IsValid() {
		fmt.Fprint(sum, "nil;")
		return nil
	}
	fmt.Fprintf(sum, "%s.%s(", v.Type().PkgPath(), v.Type())
	defer fmt.Fprint(sum, ")")
	switch v.Kind() {
	case reflect.Interface:
		return write(sum, v.Elem())
	case reflect.Struct:
		for i := range v.NumField() {
			fmt.Fprint(sum, v.Type().Field(i).Name, ":")
			if err := write(sum, v.Field(i)); err != nil {
				return err
			}
		}
	case reflect.Slice, reflect.Array:
		fmt.Fprint(sum, v.Len(), ":")
		for i := range v.Len() {
			if err := write(sum, v.Index(i)); err != nil {
				return err
			}
		}
	case reflect.Map:
		return writeMap(sum, v)
	case reflect.Pointer:
		if v.IsNil() {
			fmt.Fprint(sum, "nil")
			return nil
		}
		return write(sum, v.Elem())
	case reflect.Func:
		if !v.IsNil() {
			fmt.Fprint(sum, runtime.FuncForPC(v.Pointer()).Name())
		}
	case reflect.Chan, reflect.UnsafePointer:
		return fmt.Errorf("it holds a %s, which has no content to compare", v.Type())
	default:
		fmt.Fprintf(sum, "%q", fmt.Sprint(v))
	}
	return nil
}

func writeMap(sum hash.Hash, v reflect.Value) error {
	var entries [][]byte
	for key, value := range v.Seq2() {
		one := sha256.New()
		if err := write(one, key); err != nil {
			return err
		}
		if err := write(one, value); err != nil {
			return err
		}
		entries = append(entries, one.Sum(nil))
	}
	slices.SortFunc(entries, bytes.Compare)
	sum.Write(bytes.Join(entries, nil))
	return nil
}

package notebook

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"math"
	"reflect"
	"sort"
)

// digestOf digests values by their content: equal content gives equal digests
// in every process. Pointers are followed, maps are taken in a fixed order,
// unexported fields count.
func digestOf(values []any) (string, error) {
	h := sha256.New()
	w := digester{h: h, path: make(map[uintptr]bool)}
	w.number(uint64(len(values)))
	for i, v := range values {
		if err := w.value(reflect.ValueOf(v)); err != nil {
			return "", fmt.Errorf("input %d (%T): %w", i+1, v, err)
		}
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}

type digester struct {
	h    hash.Hash
	path map[uintptr]bool // pointers being followed: a ring would never end
	deep int              // values around the one at hand
}

// maxDepth bounds the nesting of inputs: a list of a million linked nodes would be the end of the program's stack.
const maxDepth = 10_000

var errTooDeep = fmt.Errorf("it is nested more than %d deep; pass what it depends on instead", maxDepth)

// within names the part of a value that an error is about.
func within(part string, err error) error {
	if errors.Is(err, errTooDeep) {
		return err // ten thousand parts say nothing
	}
	return fmt.Errorf("%s: %w", part, err)
}

func (d digester) number(n uint64) {
	var b [8]byte
	binary.LittleEndian.PutUint64(b[:], n)
	d.h.Write(b[:])
}

func (d digester) text(s string) {
	d.number(uint64(len(s)))
	d.h.Write([]byte(s))
}

func (d digester) value(v reflect.Value) error {
	if !v.IsValid() {
		d.text("nil")
		return nil
	}
	if d.deep++; d.deep > maxDepth {
		return errTooDeep
	}
	d.text(typeName(v.Type()))
	switch v.Kind() {
	case reflect.Bool:
		d.text(fmt.Sprint(v.Bool()))
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		d.number(uint64(v.Int()))
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64, reflect.Uintptr:
		d.number(v.Uint())
	case reflect.Float32, reflect.Float64:
		d.number(math.Float64bits(v.Float()))
	case reflect.Complex64, reflect.Complex128:
		d.number(math.Float64bits(real(v.Complex())))
		d.number(math.Float64bits(imag(v.Complex())))
	case reflect.String:
		d.text(v.String())
	case reflect.Slice, reflect.Array:
		return d.list(v)
	case reflect.Map:
		return d.mapping(v)
	case reflect.Struct:
		for i := range v.NumField() {
			d.text(v.Type().Field(i).Name)
			if err := d.value(v.Field(i)); err != nil {
				return within(v.Type().Field(i).Name, err)
			}
		}
	case reflect.Pointer:
		return d.pointer(v)
	case reflect.Interface:
		return d.value(v.Elem())
	default:
		if v.IsNil() {
			d.text("nil")
			return nil
		}
		return fmt.Errorf("a %s has no content to compare; pass what it depends on instead", v.Kind())
	}
	return nil
}

func (d digester) list(v reflect.Value) error {
	d.number(uint64(v.Len()))
	// Data sets come as long slices of numbers: write those without a type and
	// a call for every element.
	switch v.Type().Elem().Kind() {
	case reflect.Float32, reflect.Float64:
		buffer := make([]byte, 0, 1<<13)
		for i := range v.Len() {
			buffer = binary.LittleEndian.AppendUint64(buffer, math.Float64bits(v.Index(i).Float()))
			if len(buffer) == cap(buffer) {
				d.h.Write(buffer)
				buffer = buffer[:0]
			}
		}
		d.h.Write(buffer)
		return nil
	}
	for i := range v.Len() {
		if err := d.value(v.Index(i)); err != nil {
			return within(fmt.Sprintf("[%d]", i), err)
		}
	}
	return nil
}

func (d digester) mapping(v reflect.Value) error {
	entries := make([]string, 0, v.Len())
	for it := v.MapRange(); it.Next(); {
		entry := digester{h: sha256.New(), path: d.path, deep: d.deep}
		if err := entry.value(it.Key()); err != nil {
			return err
		}
		if err := entry.value(it.Value()); err != nil {
			return err
		}
		entries = append(entries, string(entry.h.Sum(nil)))
	}
	sort.Strings(entries)
	d.number(uint64(len(entries)))
	for _, e := range entries {
		d.text(e)
	}
	return nil
}

func (d digester) pointer(v reflect.Value) error {
	if v.IsNil() {
		d.text("nil")
		return nil
	}
	if at := v.Pointer(); d.path[at] {
		d.text("ring")
		return nil
	} else {
		d.path[at] = true
		defer delete(d.path, at)
	}
	return d.value(v.Elem())
}

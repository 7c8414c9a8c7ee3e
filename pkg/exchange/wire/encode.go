package wire

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"math"
	"reflect"
	"slices"
	"strconv"
	"sync"
	"unicode/utf8"
	"unsafe"

	"example.com/unstuck/pkg/training"
)

// inline is how many numbers stay in the text; more are set aside.
const inline = 64

// Encoder writes trainings. It may be used by several goroutines, and must not be copied once it was used.
type Encoder struct {
	// Put takes content that is set aside, with its SHA-256 in hexadecimal digits. An array is given once, however many trainings
	// have it; two that are alike may be given twice. nil: nothing is set aside, and the text is as long as that makes it.
	Put func(sum string, content []byte) error

	mutex sync.Mutex
	sums  map[span]sum
}

// span is an array by its place: those of a training are replaced and never written over.
type span struct {
	first *float32
	n     int
}

type sum struct {
	text   string
	values []float32 // so that the place isn't taken by another
}

// Training writes a training. Errors: a part that can't be written, by its place; one of Put's.
func (e *Encoder) Training(t training.Training) ([]byte, error) {
	text, err := e.Value(t.Plain())
	if err != nil {
		return nil, fmt.Errorf("wire: %w", err)
	}
	return text, nil
}

// Value writes any plain value that a training may be made of, or what came of one.
func (e *Encoder) Value(v any) ([]byte, error) {
	var b bytes.Buffer
	err := e.write(&b, reflect.ValueOf(v), reflect.TypeOf(v).Name())
	return b.Bytes(), err
}

func (e *Encoder) write(b *bytes.Buffer, v reflect.Value, place string) error {
	switch v.Kind() {
	case reflect.Bool:
		b.WriteString(strconv.FormatBool(v.Bool()))
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		b.WriteString(strconv.FormatInt(v.Int(), 10))
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		b.WriteString(strconv.FormatUint(v.Uint(), 10))
	case reflect.Float32, reflect.Float64:
		writeFloat(b, v.Float(), v.Type().Bits())
	case reflect.String:
		return writeString(b, v.String(), place)
	case reflect.Struct:
		return e.writeStruct(b, v, place)
	case reflect.Slice, reflect.Array:
		return e.writeList(b, v, place)
	case reflect.Map:
		return e.writeMap(b, v, place)
	case reflect.Pointer:
		if v.IsNil() {
			b.WriteString("null")
			return nil
		}
		return e.write(b, v.Elem(), place)
	case reflect.Interface:
		return e.writeInterface(b, v, place)
	default:
		return fmt.Errorf("%s is a %s, which can't be sent to another program", place, v.Kind())
	}
	return nil
}

func writeFloat(b *bytes.Buffer, f float64, bits int) {
	text := strconv.FormatFloat(f, 'g', -1, bits)
	if math.IsNaN(f) || math.IsInf(f, 0) {
		text = `"` + text + `"`
	}
	b.WriteString(text)
}

func writeString(b *bytes.Buffer, s, place string) error {
	if !utf8.ValidString(s) {
		return fmt.Errorf("%s is %.40q, which is no UTF-8", place, s)
	}
	text, err := json.Marshal(s)
	b.Write(text)
	return err
}

func (e *Encoder) writeStruct(b *bytes.Buffer, v reflect.Value, place string) error {
	b.WriteByte('{')
	first := true
	for i := range v.NumField() {
		field := v.Type().Field(i)
		if v.Field(i).IsZero() && !hasNegativeZero(v.Field(i)) {
			continue
		}
		if !field.IsExported() {
			return fmt.Errorf("%s.%s is known to its package alone and can't be sent to another program", place, field.Name)
		}
		if !first {
			b.WriteByte(',')
		}
		first = false
		b.WriteString(`"` + field.Name + `":`)
		if err := e.write(b, v.Field(i), place+"."+field.Name); err != nil {
			return err
		}
	}
	b.WriteByte('}')
	return nil
}

// hasNegativeZero finds what reflect takes for zero though its bits are others.
func hasNegativeZero(v reflect.Value) bool {
	switch v.Kind() {
	case reflect.Float32, reflect.Float64:
		return v.Float() == 0 && math.Signbit(v.Float())
	case reflect.Struct:
		for i := range v.NumField() {
			if hasNegativeZero(v.Field(i)) {
				return true
			}
		}
	case reflect.Array:
		for i := range v.Len() {
			if hasNegativeZero(v.Index(i)) {
				return true
			}
		}
	}
	return false
}

func (e *Encoder) writeList(b *bytes.Buffer, v reflect.Value, place string) error {
	if v.Kind() == reflect.Slice && v.IsNil() {
		b.WriteString("null")
		return nil
	}
	if values, is := v.Interface().([]float32); is {
		return e.writeArray(b, values, place)
	}
	b.WriteByte('[')
	for i := range v.Len() {
		if i > 0 {
			b.WriteByte(',')
		}
		if err := e.write(b, v.Index(i), fmt.Sprintf("%s[%d]", place, i)); err != nil {
			return err
		}
	}
	b.WriteByte(']')
	return nil
}

// writeArray writes the bits of numbers, or where there are many the sum under which they are set aside.
func (e *Encoder) writeArray(b *bytes.Buffer, values []float32, place string) error {
	if len(values) <= inline || e.Put == nil {
		b.WriteString(`{"bits":"` + base64.StdEncoding.EncodeToString(littleEndian(values)) + `"}`)
		return nil
	}
	text, err := e.aside(values)
	if err != nil {
		return fmt.Errorf("%s: %w", place, err)
	}
	fmt.Fprintf(b, `{"sha256":"%s","len":%d}`, text, len(values))
	return nil
}

func (e *Encoder) aside(values []float32) (string, error) {
	e.mutex.Lock()
	defer e.mutex.Unlock()
	at := span{unsafe.SliceData(values), len(values)}
	if s, ok := e.sums[at]; ok {
		return s.text, nil
	}
	content := littleEndian(values)
	hash := sha256.Sum256(content)
	text := hex.EncodeToString(hash[:])
	if err := e.Put(text, content); err != nil {
		return "", err
	}
	if e.sums == nil {
		e.sums = map[span]sum{}
	}
	e.sums[at] = sum{text, values}
	return text, nil
}

func littleEndian(values []float32) []byte {
	content := make([]byte, 0, 4*len(values))
	for _, v := range values {
		content = binary.LittleEndian.AppendUint32(content, math.Float32bits(v))
	}
	return content
}

// writeMap writes pairs, since keys may be numbers, in the order of their texts.
func (e *Encoder) writeMap(b *bytes.Buffer, v reflect.Value, place string) error {
	if v.IsNil() {
		b.WriteString("null")
		return nil
	}
	var pairs [][]byte
	for key, value := range v.Seq2() {
		var pair bytes.Buffer
		pair.WriteByte('[')
		if err := e.write(&pair, key, place); err != nil {
			return err
		}
		pair.WriteByte(',')
		if err := e.write(&pair, value, fmt.Sprintf("%s[%v]", place, key)); err != nil {
			return err
		}
		pair.WriteByte(']')
		pairs = append(pairs, pair.Bytes())
	}
	slices.SortFunc(pairs, bytes.Compare)
	b.WriteString("[" + string(bytes.Join(pairs, []byte(","))) + "]")
	return nil
}

func (e *Encoder) writeInterface(b *bytes.Buffer, v reflect.Value, place string) error {
	if v.IsNil() {
		b.WriteString("null")
		return nil
	}
	held := v.Elem()
	if known()[held.Type().String()] != held.Type() {
		return fmt.Errorf("%s is %s, which only the program knows that it is written in: it can't be sent to another", place, held.Type())
	}
	b.WriteString(`{"is":"` + held.Type().String() + `","of":`)
	if err := e.write(b, held, place); err != nil {
		return err
	}
	b.WriteByte('}')
	return nil
}

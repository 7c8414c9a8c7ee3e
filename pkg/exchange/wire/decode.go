package wire

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"math"
	"reflect"
	"strconv"

	"example.com/unstuck/pkg/training"
)

// deepest is how deep values may lie in each other: a model's layers in layers stay far below.
const deepest = 200

// Decoder reads what an [Encoder] wrote.
type Decoder struct {
	// Get returns the content that was set aside under a sum, as numbers. Whoever reads must not change them: trainings share them.
	// nil: what was set aside is an error.
	Get func(sum string) ([]float32, error)
}

// Training reads a training, and validates it.
func (d Decoder) Training(text []byte) (training.Training, error) {
	var t training.Training
	if err := d.Value(text, &t); err != nil {
		return training.Training{}, fmt.Errorf("wire: %w", err)
	}
	return t, t.Validate()
}

// Value reads a value into what the pointer points to.
func (d Decoder) Value(text []byte, to any) error {
	v := reflect.ValueOf(to).Elem()
	return d.read(text, v, v.Type().Name(), 0)
}

func (d Decoder) read(text []byte, v reflect.Value, place string, depth int) error {
	if depth > deepest {
		return fmt.Errorf("%s lies deeper than anything of a training does", place)
	}
	var err error
	switch v.Kind() {
	case reflect.Bool, reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64, reflect.String,
		reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		err = json.Unmarshal(text, v.Addr().Interface())
	case reflect.Float32, reflect.Float64:
		err = readFloat(text, v)
	case reflect.Struct:
		return d.readStruct(text, v, place, depth)
	case reflect.Slice, reflect.Array:
		return d.readList(text, v, place, depth)
	case reflect.Map:
		return d.readMap(text, v, place, depth)
	case reflect.Pointer:
		if isNull(text) {
			return nil
		}
		v.Set(reflect.New(v.Type().Elem()))
		return d.read(text, v.Elem(), place, depth+1)
	case reflect.Interface:
		return d.readInterface(text, v, place, depth)
	default:
		err = fmt.Errorf("can't be read: it is a %s", v.Kind())
	}
	if err != nil {
		return fmt.Errorf("%s: %w", place, err)
	}
	return nil
}

func isNull(text []byte) bool { return string(bytes.TrimSpace(text)) == "null" }

func readFloat(text []byte, v reflect.Value) error {
	word := string(bytes.TrimSpace(text))
	if len(word) > 1 && word[0] == '"' {
		word = word[1 : len(word)-1]
	}
	f, err := strconv.ParseFloat(word, v.Type().Bits())
	v.SetFloat(f)
	return err
}

func (d Decoder) readStruct(text []byte, v reflect.Value, place string, depth int) error {
	fields := map[string]json.RawMessage{}
	if err := json.Unmarshal(text, &fields); err != nil {
		return fmt.Errorf("%s: %w", place, err)
	}
	for name, value := range fields {
		field, ok := v.Type().FieldByName(name)
		if !ok || !field.IsExported() || len(field.Index) != 1 {
			return fmt.Errorf("%s has no field %.60q: are both programs of one version?", place, name)
		}
		if err := d.read(value, v.FieldByIndex(field.Index), place+"."+name, depth+1); err != nil {
			return err
		}
	}
	return nil
}

func (d Decoder) readList(text []byte, v reflect.Value, place string, depth int) error {
	if isNull(text) {
		return nil
	}
	if v.Kind() == reflect.Slice && v.Type().Elem().Kind() == reflect.Float32 {
		values, err := d.readArray(text)
		if err != nil {
			return fmt.Errorf("%s: %w", place, err)
		}
		v.Set(reflect.ValueOf(values).Convert(v.Type()))
		return nil
	}
	var all []json.RawMessage
	if err := json.Unmarshal(text, &all); err != nil {
		return fmt.Errorf("%s: %w", place, err)
	}
	if v.Kind() == reflect.Slice {
		v.Set(reflect.MakeSlice(v.Type(), len(all), len(all)))
	}
	if len(all) != v.Len() {
		return fmt.Errorf("%s has %d entries, must have %d", place, len(all), v.Len())
	}
	for i, one := range all {
		if err := d.read(one, v.Index(i), fmt.Sprintf("%s[%d]", place, i), depth+1); err != nil {
			return err
		}
	}
	return nil
}

func (d Decoder) readArray(text []byte) ([]float32, error) {
	var a struct {
		Bits   *string `json:"bits"`
		SHA256 string  `json:"sha256"`
		Len    int     `json:"len"`
	}
	if err := json.Unmarshal(text, &a); err != nil {
		return nil, err
	}
	if a.Bits != nil {
		content, err := base64.StdEncoding.DecodeString(*a.Bits)
		if err != nil {
			return nil, err
		}
		return Numbers(content)
	}
	if d.Get == nil {
		return nil, fmt.Errorf("%.64q is set aside, and nothing is known of where", a.SHA256)
	}
	values, err := d.Get(a.SHA256)
	if err == nil && len(values) != a.Len {
		err = fmt.Errorf("%.64q has %d numbers, must have %d", a.SHA256, len(values), a.Len)
	}
	return values, err
}

// Numbers are the numbers of content that an [Encoder] set aside.
func Numbers(content []byte) ([]float32, error) {
	if len(content)%4 != 0 {
		return nil, fmt.Errorf("%d bytes are no numbers of four bytes", len(content))
	}
	values := make([]float32, len(content)/4)
	for i := range values {
		values[i] = math.Float32frombits(binary.LittleEndian.Uint32(content[4*i:]))
	}
	return values, nil
}

func (d Decoder) readMap(text []byte, v reflect.Value, place string, depth int) error {
	if isNull(text) {
		return nil
	}
	var pairs [][2]json.RawMessage
	if err := json.Unmarshal(text, &pairs); err != nil {
		return fmt.Errorf("%s: %w", place, err)
	}
	v.Set(reflect.MakeMapWithSize(v.Type(), len(pairs)))
	for _, pair := range pairs {
		key, value := reflect.New(v.Type().Key()).Elem(), reflect.New(v.Type().Elem()).Elem()
		if err := d.read(pair[0], key, place, depth+1); err != nil {
			return err
		}
		if err := d.read(pair[1], value, fmt.Sprintf("%s[%v]", place, key), depth+1); err != nil {
			return err
		}
		v.SetMapIndex(key, value)
	}
	return nil
}

func (d Decoder) readInterface(text []byte, v reflect.Value, place string, depth int) error {
	if isNull(text) {
		return nil
	}
	var held struct {
		Is string          `json:"is"`
		Of json.RawMessage `json:"of"`
	}
	if err := json.Unmarshal(text, &held); err != nil {
		return fmt.Errorf("%s: %w", place, err)
	}
	t, err := typeNamed(held.Is, v.Type())
	if err != nil {
		return fmt.Errorf("%s: %w", place, err)
	}
	of := reflect.New(t).Elem()
	if err := d.read(held.Of, of, place, depth+1); err != nil {
		return err
	}
	v.Set(of)
	return nil
}

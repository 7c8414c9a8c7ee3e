// Package pythonjson reads JSON as Python's json.dump writes it, with the NaN, Infinity and -Infinity that JSON doesn't have.
package pythonjson

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"

	"example.com/unstuck/internal/excerpt"
)

// Object reads a JSON object and nothing behind it but space. Numbers are json.Number; what constant makes of NaN and of an infinity stands
// in its place.
func Object(data []byte, constant func(float64) any) (map[string]any, error) {
	d := json.NewDecoder(bytes.NewReader(Marked(data)))
	d.UseNumber()
	var top any
	if err := d.Decode(&top); err != nil {
		return nil, fmt.Errorf("not JSON: %s", excerpt.Of(err.Error(), 200))
	}
	if _, err := d.Token(); err != io.EOF {
		return nil, errors.New("something follows the JSON object")
	}
	fields, ok := restored(top, constant).(map[string]any)
	if !ok {
		return nil, errors.New("the JSON isn't an object")
	}
	return fields, nil
}

// constants are Python's and the strings that stand for them while Go's decoder is at work. The mark is a character that no name
// holds.
var constants = []struct {
	text, mark string
	value      float64
}{
	{"NaN", "\ue000NaN", math.NaN()},
	{"-Infinity", "\ue000-Infinity", math.Inf(-1)},
	{"Infinity", "\ue000Infinity", math.Inf(1)},
}

// Marked puts a string in place of each bare NaN, Infinity and -Infinity: its name behind a mark of one character.
func Marked(data []byte) []byte {
	if !bytes.Contains(data, []byte("NaN")) && !bytes.Contains(data, []byte("Infinity")) {
		return data
	}
	var out []byte
	inString := false
scan:
	for i := 0; i < len(data); i++ {
		c := data[i]
		if inString {
			out = append(out, c)
			if c == '\\' && i+1 < len(data) {
				i++
				out = append(out, data[i])
			}
			inString = c != '"'
			continue
		}
		for _, k := range constants {
			if bytes.HasPrefix(data[i:], []byte(k.text)) {
				out = append(append(append(out, '"'), k.mark...), '"')
				i += len(k.text) - 1
				continue scan
			}
		}
		inString = c == '"'
		out = append(out, c)
	}
	return out
}

// Constant is what a string that [Marked] put in place stands for; false: it is another.
func Constant(marked string) (float64, bool) {
	for _, k := range constants {
		if marked == k.mark {
			return k.value, true
		}
	}
	return 0, false
}

// restored undoes Marked in what was decoded.
func restored(v any, constant func(float64) any) any {
	switch v := v.(type) {
	case string:
		if x, is := Constant(v); is {
			return constant(x)
		}
	case []any:
		for i := range v {
			v[i] = restored(v[i], constant)
		}
	case map[string]any:
		for key := range v {
			v[key] = restored(v[key], constant)
		}
	}
	return v
}

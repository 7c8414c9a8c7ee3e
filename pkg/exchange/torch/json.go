package torch

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"

	"example.com/unstuck/internal/excerpt"
)

// decodeObject reads a JSON object and nothing behind it but space, with the NaN and Infinity that Python writes.
func decodeObject(content []byte) (map[string]any, error) {
	d := json.NewDecoder(bytes.NewReader(markConstants(content)))
	d.UseNumber()
	var top any
	if err := d.Decode(&top); err != nil {
		return nil, fmt.Errorf("not JSON: %s", excerpt.Of(err.Error(), 200))
	}
	if _, err := d.Token(); err != io.EOF {
		return nil, errors.New("something follows the JSON object")
	}
	fields, ok := restoreConstants(top).(map[string]any)
	if !ok {
		return nil, errors.New("the JSON isn't an object")
	}
	return fields, nil
}

// constants are Python's numbers that JSON doesn't have, and the strings that stand for them while Go's decoder is at work.
var constants = []struct {
	text, mark string
	value      float64
}{
	{"NaN", "\ue000NaN", math.NaN()},
	{"-Infinity", "\ue000-Infinity", math.Inf(-1)},
	{"Infinity", "\ue000Infinity", math.Inf(1)},
}

// markConstants puts a string in place of each bare NaN, Infinity and -Infinity.
func markConstants(data []byte) []byte {
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

// restoreConstants undoes markConstants in what was decoded.
func restoreConstants(v any) any {
	switch v := v.(type) {
	case string:
		for _, k := range constants {
			if v == k.mark {
				return k.value
			}
		}
	case []any:
		for i := range v {
			v[i] = restoreConstants(v[i])
		}
	case map[string]any:
		for key := range v {
			v[key] = restoreConstants(v[key])
		}
	}
	return v
}

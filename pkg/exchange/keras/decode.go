package keras

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"math"
)

// constant is one of the numbers that Python writes into JSON and JSON doesn't have.
type constant float64

// MarshalJSON prints it as Python does.
func (c constant) MarshalJSON() ([]byte, error) {
	switch {
	case math.IsNaN(float64(c)):
		return []byte(`"NaN"`), nil
	case c > 0:
		return []byte(`"Infinity"`), nil
	default:
		return []byte(`"-Infinity"`), nil
	}
}

// decode reads a JSON object, at most limit bytes of it, and nothing behind it but space.
func decode(r io.Reader, limit int64) (map[string]any, error) {
	data, err := io.ReadAll(io.LimitReader(r, limit+1))
	if err != nil {
		return nil, err
	}
	if int64(len(data)) > limit {
		return nil, fmt.Errorf("more than %d bytes: %w", limit, ErrNotKeras)
	}
	d := json.NewDecoder(bytes.NewReader(markConstants(data)))
	d.UseNumber()
	var top any
	if err := d.Decode(&top); err != nil {
		return nil, fmt.Errorf("not JSON: %v: %w", err, ErrNotKeras)
	}
	if _, err := d.Token(); err != io.EOF {
		return nil, fmt.Errorf("something follows the JSON object: %w", ErrNotKeras)
	}
	fields, ok := restoreConstants(top).(map[string]any)
	if !ok {
		return nil, fmt.Errorf("the JSON isn't an object: %w", ErrNotKeras)
	}
	return fields, nil
}

// Python's constants and the strings that stand for them while Go's decoder is at work. The mark is a
// character that no Keras name holds.
var pythonConstants = []struct {
	text  string
	mark  string
	value constant
}{
	{"NaN", "\ue000NaN", constant(math.NaN())},
	{"-Infinity", "\ue000-Infinity", constant(math.Inf(-1))},
	{"Infinity", "\ue000Infinity", constant(math.Inf(1))},
}

// markConstants puts a string in place of each bare NaN, Infinity and -Infinity.
func markConstants(data []byte) []byte {
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
			} else if c == '"' {
				inString = false
			}
			continue
		}
		for _, p := range pythonConstants {
			if bytes.HasPrefix(data[i:], []byte(p.text)) {
				out = append(append(append(out, '"'), p.mark...), '"')
				i += len(p.text) - 1
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
		for _, p := range pythonConstants {
			if v == p.mark {
				return p.value
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

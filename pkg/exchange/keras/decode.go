package keras

import (
	"fmt"
	"io"
	"math"

	"example.com/unstuck/internal/pythonjson"
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
	fields, err := pythonjson.Object(data, func(v float64) any { return constant(v) })
	if err != nil {
		return nil, fmt.Errorf("%w: %w", err, ErrNotKeras)
	}
	return fields, nil
}

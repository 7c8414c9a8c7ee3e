// Package jsonnumber has floating-point numbers that survive JSON bit for bit, those included for which JSON has no number: NaN and
// the infinities are the strings "NaN", "+Inf" and "-Inf".
package jsonnumber

import (
	"encoding/json"
	"fmt"
	"math"
	"strconv"
)

// appendNumber writes the shortest text that reads as the same number of that many bits; what JSON has no
// number for is a string: "NaN", "+Inf" or "-Inf".
func appendNumber(b []byte, v float64, bits int) []byte {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return fmt.Appendf(b, "%q", fmt.Sprint(v))
	}
	return strconv.AppendFloat(b, v, 'g', -1, bits)
}

// parseNumber is the way back. Anything but a number of that many bits is an error.
func parseNumber(text []byte, bits int) (float64, error) {
	switch string(text) {
	case `"NaN"`:
		return math.NaN(), nil
	case `"+Inf"`:
		return math.Inf(1), nil
	case `"-Inf"`:
		return math.Inf(-1), nil
	}
	var number json.Number // what JSON takes for a number, not all that Go does
	if err := json.Unmarshal(text, &number); err != nil || len(text) == 0 || text[0] == '"' || string(text) == "null" {
		return 0, fmt.Errorf("%.40s is no number, nor \"NaN\", \"+Inf\" or \"-Inf\"", text)
	}
	v, err := strconv.ParseFloat(number.String(), bits)
	if err != nil {
		return 0, fmt.Errorf("%.40s is no number of %d bits", text, bits)
	}
	return v, nil
}

// Float32 and Float64 are numbers as encoding/json writes and reads them.
type (
	Float32 float32
	Float64 float64
)

// MarshalJSON implements [json.Marshaler].
func (n Float32) MarshalJSON() ([]byte, error) { return appendNumber(nil, float64(n), 32), nil }

// UnmarshalJSON implements [json.Unmarshaler].
func (n *Float32) UnmarshalJSON(text []byte) error {
	v, err := parseNumber(text, 32)
	*n = Float32(v)
	return err
}

// MarshalJSON implements [json.Marshaler].
func (n Float64) MarshalJSON() ([]byte, error) { return appendNumber(nil, float64(n), 64), nil }

// UnmarshalJSON implements [json.Unmarshaler].
func (n *Float64) UnmarshalJSON(text []byte) error {
	v, err := parseNumber(text, 64)
	*n = Float64(v)
	return err
}

package codec

import (
	"fmt"
	"math"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"unicode"
)

// Setting is one field of a described struct.
type Setting struct {
	Field      string       // Go's name, "KernelInitializer"
	Key        string       // Keras' argument, "kernel_initializer"; empty: Keras has none
	Alias      string       // what an older Keras called the argument
	Type       reflect.Type // bool, int, float64, string, []int, []float64, a struct of numbers or an interface with a [Registry]
	Not        bool         // the field says the opposite of the argument
	Positional bool         // comes first in Keras' constructor, without its name
	Required   bool         // a config must have it
	Optional   bool         // zero stands for null
	Together   bool         // see the package's documentation
	Pairs      bool         // Keras has more than two numbers as pairs
	Alone      bool         // Keras has a list of one number as that number
	Point      bool         // Keras refuses the number without a point
	Rest       string       // the field that takes what is behind the point of a number; empty: it must be whole
	Floor      bool         // rounds the numbers of a list down
	Null       string       // text that stands for null in Keras; empty: none does
	Open       bool         // −1 in a list is null in Keras
	Axis       bool         // of axes, of which the last may be given by its number
	Empty      bool         // an empty list isn't the default
	Nested     bool         // a list may hold lists, which are joined
	List       string       // the field that takes a list in place of a number; empty: none does
	Default    string       // Keras' default, which zero stands for, for an interface its string, for a list what all of it is; empty: zero or none
	Range      Range        // of a number
	OneOf      []string     // texts that are allowed, the first being the default; nil: any

	index   int
	missing float64 // what a number is where a config doesn't say
}

// Range is what a number may be. The zero value allows every finite one.
type Range struct {
	Low, High         float64
	HasLow, HasHigh   bool
	OpenLow, OpenHigh bool // the bound itself doesn't belong to it
}

// Contains reports whether x lies in the range; NaN and infinities never do.
func (r Range) Contains(x float64) bool {
	if math.IsNaN(x) || math.IsInf(x, 0) {
		return false
	}
	if r.HasLow && (x < r.Low || r.OpenLow && x == r.Low) {
		return false
	}
	return !r.HasHigh || x < r.High || !r.OpenHigh && x == r.High
}

// String says the range in words: "at least 0 and below 1".
func (r Range) String() string {
	var parts []string
	if r.HasLow {
		parts = append(parts, map[bool]string{true: "above ", false: "at least "}[r.OpenLow]+number(r.Low))
	}
	if r.HasHigh {
		parts = append(parts, map[bool]string{true: "below ", false: "at most "}[r.OpenHigh]+number(r.High))
	}
	if parts == nil {
		return "finite"
	}
	return strings.Join(parts, " and ")
}

func number(x float64) string { return strconv.FormatFloat(x, 'g', -1, 64) }

// parse reads a field's tag.
func parse(f reflect.StructField, index int) (Setting, error) {
	s := Setting{Field: f.Name, Type: f.Type, index: index}
	given := false
	words := strings.Split(f.Tag.Get("keras"), ",")
	switch words[0] {
	case "-":
	case "":
		s.Key = snakeCase(f.Name)
	default:
		s.Key = words[0]
	}
	for _, word := range words[1:] {
		name, value, _ := strings.Cut(word, "=")
		var err error
		switch name {
		case "not":
			s.Not = true
		case "positional":
			s.Positional = true
		case "required":
			s.Required = true
		case "optional":
			s.Optional = true
		case "together":
			s.Together = true
		case "pairs":
			s.Pairs = true
		case "alone":
			s.Alone = true
		case "point":
			s.Point = true
		case "rest":
			s.Rest = value
		case "list":
			s.List = value
		case "axis":
			s.Axis = true
		case "empty":
			s.Empty = true
		case "nested":
			s.Nested = true
		case "floor":
			s.Floor = true
		case "missing":
			s.missing, err = strconv.ParseFloat(value, 64)
			given = true
		case "null":
			s.Null = value
		case "open":
			s.Open = true
		case "default":
			s.Default = value
		case "alias":
			s.Alias = value
		case "oneof":
			s.OneOf = strings.Split(value, "|")
		case "from", "above":
			s.Range.Low, err = strconv.ParseFloat(value, 64)
			s.Range.HasLow, s.Range.OpenLow = true, name == "above"
		case "to", "below":
			s.Range.High, err = strconv.ParseFloat(value, 64)
			s.Range.HasHigh, s.Range.OpenHigh = true, name == "below"
		default:
			err = fmt.Errorf("the tag has the unknown word %q", word)
		}
		if err != nil {
			return s, err
		}
	}
	if !given {
		s.missing = s.fallback()
	}
	return s, s.check()
}

// check refuses a tag that doesn't fit the field's type.
func (s Setting) check() error {
	if s.Not && s.Type.Kind() != reflect.Bool {
		return fmt.Errorf("only a bool can be the opposite of an argument")
	}
	if s.Default != "" && slices.Contains([]reflect.Kind{reflect.Float64, reflect.Int, reflect.Slice}, s.Type.Kind()) {
		if x, err := strconv.ParseFloat(s.Default, 64); err != nil || x == 0 {
			return fmt.Errorf("the default %q is not a number other than 0", s.Default)
		}
	}
	return nil
}

// Missing is the number that a config has where it doesn't say.
func (s Setting) Missing() float64 { return s.missing }

// fallback is the number that the field's zero stands for.
func (s Setting) fallback() float64 {
	x, _ := strconv.ParseFloat(s.Default, 64) // empty: 0
	return x
}

// snakeCase writes KernelInitializer as kernel_initializer.
func snakeCase(name string) string {
	var b strings.Builder
	for i, r := range name {
		if unicode.IsUpper(r) && i > 0 {
			b.WriteByte('_')
		}
		b.WriteRune(unicode.ToLower(r))
	}
	return b.String()
}

package codec

import (
	"fmt"
	"math"
	"reflect"
	"slices"
)

// Source is where settings are read from: the config object of a file. Every method reports what is wrong with a
// value by itself, naming the place, and then returns the fallback; so reading goes on and finds all faults at once.
type Source interface {
	Has(key string) bool  // the key is there, null or not
	Null(key string) bool // the key is there and null
	Pointed(key string)   // reports a number that is written without a point
	Old() bool            // an older Keras wrote it
	Missing(key string)   // reports that a key which must be there isn't, or is null
	Flag(key string, fallback bool) bool
	Number(key string, fallback float64) float64 // finite
	Whole(key string, fallback, from, to int) int
	Text(key, fallback string) string
	Wholes(key string, open bool) []int // a list, or one number for a list of it; open: null in it is −1
	// Numbers is a list, or one number for a list of it; nested: lists in it are joined.
	Numbers(key string, nested bool) []float64
	Pairs(key string) []int // a pair, or a list of pairs, flattened
	IsList(key string) bool // the value is a list
	LastAxis() int          // number of the last axis of the layer's input; 0: not known
	// Inside lets read take the settings of an object; nothing happens when there is none.
	Inside(key string, read func(Source))
	// Object reads a value of an interface with a registry, from a name or from a class with its settings; nil when
	// there is none.
	Object(key string, f Family) any
	Problem(key, format string, args ...any)
	Only(other Other)      // reports values other than the harmless ones
	Ignore(keys ...string) // says that these keys are known
}

// MostUnits bounds the whole numbers of a config, so that products of two fit into 64 bits.
const MostUnits = 1 << 24

// Read makes a value of the class from its settings. What is missing has Keras' default. Faults are reported to
// the source; the value returned is then of no use.
func (c *Class) Read(from Source) any {
	v := reflect.New(c.Type).Elem()
	for _, o := range c.Others {
		if o.Any {
			from.Ignore(o.Key)
		} else {
			from.Only(o)
		}
	}
	for _, s := range c.Settings {
		if s.Key == "" {
			continue
		}
		key := s.Key
		if s.Alias != "" && from.Old() && from.Has(s.Alias) {
			from.Ignore(s.Key)
			key = s.Alias
		}
		if s.Required && (!from.Has(key) || from.Null(key)) {
			from.Missing(key)
			continue
		}
		if s.Rest != "" {
			s.readLength(from, key, v)
			continue
		}
		if s.List != "" && from.IsList(key) {
			if list := from.Numbers(key, false); list != nil {
				v.FieldByName(s.List).Set(reflect.ValueOf(list))
			}
			continue
		}
		s.read(from, key, v.Field(s.index))
	}
	c.settleTogether(v)
	value := v.Interface()
	if c.settle != nil {
		value = c.settle(from, value)
	}
	if s, ok := value.(interface{ Simplest() any }); ok {
		return s.Simplest()
	}
	return value
}

func (s Setting) read(from Source, key string, field reflect.Value) {
	if family := familyOf(s.Type); family != nil {
		if value := from.Object(key, family); value != nil {
			if !s.means(value) {
				field.Set(reflect.ValueOf(value))
			}
		} else if from.Null(key) && family.null != nil && !s.means(family.null) {
			field.Set(reflect.ValueOf(family.null))
		}
		return
	}
	switch s.Type.Kind() {
	case reflect.Bool:
		// Python takes null for false.
		field.SetBool(!from.Null(key) && from.Flag(key, s.Not) != s.Not || from.Null(key) && s.Not)
		from.Ignore(key)
	case reflect.Float64:
		s.readNumber(from, key, field)
	case reflect.Struct:
		s.readNumbersOf(from, key, field)
	case reflect.Int:
		if s.Axis {
			s.readAxis(from, key, field)
			return
		}
		low, high := 0, MostUnits
		if s.Range.HasLow {
			low = int(s.Range.Low)
		}
		if s.Range.HasHigh {
			high = int(s.Range.High)
		}
		x := from.Whole(key, int(s.missing), low, high)
		switch {
		case x == 0 && s.Default != "":
			from.Problem(key, "0 is not supported") // it would stand for the default
		case float64(x) != s.fallback():
			field.SetInt(int64(x))
		}
	case reflect.String:
		s.readText(from, key, field)
	case reflect.Slice:
		if s.Floor || s.Type.Elem().Kind() == reflect.Float64 {
			s.readNumbers(from, key, field)
			return
		}
		var sizes []int
		if s.Pairs {
			sizes = from.Pairs(key)
		} else {
			sizes = from.Wholes(key, s.Open)
		}
		if s.Axis {
			sizes = lastByMinusOne(sizes, from.LastAxis())
		}
		if s.Empty && len(sizes) == 0 && from.Has(key) && (from.Null(key) || from.IsList(key)) {
			field.Set(reflect.ValueOf([]int{}))
			return
		}
		for _, n := range sizes {
			if !s.Range.Contains(float64(n)) {
				from.Problem(key, "%v holds %d: sizes must be %s", sizes, n, s.Range)
				return
			}
		}
		standard := func(n int) bool { return s.Default != "" && float64(n) == s.fallback() }
		if slices.ContainsFunc(sizes, func(n int) bool { return !standard(n) }) || s.Default == "" && sizes != nil {
			field.Set(reflect.ValueOf(sizes))
		}
	}
}

// readLength puts a number's whole part into the field and the rest into the other.
func (s Setting) readLength(from Source, key string, v reflect.Value) {
	x := from.Number(key, s.missing)
	switch {
	case x > math.MaxInt32:
		from.Problem(key, "%g is more than %d", x, math.MaxInt32)
	case from.Has(key) && !s.Range.Contains(x):
		from.Problem(key, "%g must be %s", x, s.Range)
	default:
		v.Field(s.index).SetInt(int64(x))
		v.FieldByName(s.Rest).SetFloat(x - math.Floor(x))
	}
}

// readAxis reads the number of an axis, or a list of one.
func (s Setting) readAxis(from Source, key string, field reflect.Value) {
	axes := lastByMinusOne(from.Wholes(key, false), from.LastAxis())
	switch {
	case len(axes) > 1 || len(axes) == 1 && !s.Range.Contains(float64(axes[0])):
		from.Problem(key, "%v is not one axis, %s", axes, s.Range)
	case len(axes) == 1 && float64(axes[0]) != s.fallback():
		field.SetInt(int64(axes[0]))
	}
}

// lastByMinusOne are axes in which the last goes by −1 alone.
func lastByMinusOne(axes []int, last int) []int {
	for i, axis := range axes {
		if last > 0 && axis == last {
			axes[i] = -1
		}
	}
	return axes
}

// readNumbersOf reads an object of numbers, each of which may be missing.
func (s Setting) readNumbersOf(from Source, key string, field reflect.Value) {
	from.Inside(key, func(inside Source) {
		for i := range s.Type.NumField() {
			part, err := parse(s.Type.Field(i), i)
			if err != nil {
				panic(fmt.Sprintf("codec: %s.%s: %v", s.Type, s.Type.Field(i).Name, err))
			}
			part.read(inside, part.Key, field.Field(i))
		}
	})
}

func (s Setting) readNumbers(from Source, key string, field reflect.Value) {
	list := from.Numbers(key, s.Nested)
	for _, x := range list {
		if !s.Range.Contains(x) || s.Floor && math.Abs(x) > math.MaxInt32 {
			from.Problem(key, "%v holds %g: numbers must be %s", list, x, s.Range)
			return
		}
	}
	if list == nil {
		return
	}
	if !s.Floor {
		field.Set(reflect.ValueOf(list))
		return
	}
	wholes := make([]int, len(list))
	for i, x := range list {
		wholes[i] = int(math.Floor(x))
	}
	field.Set(reflect.ValueOf(wholes))
}

// means reports whether an interface's nil stands for the value.
func (s Setting) means(value any) bool {
	standard := s.standard()
	return standard != nil && reflect.DeepEqual(Canonical(standard), Canonical(value))
}

// standard is what an interface's nil stands for, nil for none.
func (s Setting) standard() any {
	if family := familyOf(s.Type); family != nil && s.Default != "" {
		value, _ := family.ByName(s.Default)
		return value
	}
	return nil
}

func (s Setting) readNumber(from Source, key string, field reflect.Value) {
	if from.Null(key) && s.Default == "" && !s.Required && !s.Together {
		from.Ignore(key)
		return
	}
	if from.Null(key) {
		from.Ignore(key)
		from.Problem(key, "null is not a number")
		return
	}
	if s.Point {
		from.Pointed(key)
	}
	x := from.Number(key, s.missing)
	switch {
	case from.Has(key) && !s.Range.Contains(x):
		from.Problem(key, "%g must be %s", x, s.Range)
	case s.Together:
		field.SetFloat(x)
	case x == s.fallback() && !(s.Optional && from.Has(key)):
	case x == 0:
		field.SetFloat(math.SmallestNonzeroFloat64) // zero means the default
	default:
		field.SetFloat(x)
	}
}

func (s Setting) readText(from Source, key string, field reflect.Value) {
	if s.Null != "" && from.Null(key) {
		from.Ignore(key)
		field.SetString(s.Null)
		return
	}
	fallback := ""
	if len(s.OneOf) > 0 {
		fallback = s.OneOf[0]
	}
	text := from.Text(key, fallback)
	switch {
	case s.OneOf != nil && !slices.Contains(s.OneOf, text):
		from.Problem(key, "%q is not one of %v", text, s.OneOf)
	case text != fallback:
		field.SetString(text)
	}
}

// settleTogether sets fields that share one default to zero where all hold it, and keeps all-zero values from
// meaning the default.
func (c *Class) settleTogether(v reflect.Value) {
	count, defaults, zeros := 0, 0, 0
	for _, s := range c.Settings {
		if !s.Together {
			continue
		}
		count++
		x := v.Field(s.index).Float()
		if x == s.fallback() {
			defaults++
		}
		if x == 0 {
			zeros++
		}
	}
	if count == 0 {
		return
	}
	for _, s := range c.Settings {
		switch {
		case !s.Together:
		case defaults == count:
			v.Field(s.index).SetZero()
		case zeros == count:
			v.Field(s.index).SetFloat(math.SmallestNonzeroFloat64)
		}
	}
}

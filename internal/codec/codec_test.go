package codec_test

import (
	"fmt"
	"math"
	"reflect"
	"slices"
	"strings"
	"testing"

	"example.com/unstuck/internal/codec"
)

type shape interface{ area() }

type circle struct {
	Name   string  `keras:"-"`
	Radius float64 `keras:"radius,positional,required,above=0"`
	Blur   float64 `keras:"blur,default=0.5,from=0,below=1"`
	NoFill bool    `keras:"fill,not"`
	Style  string  `keras:"style,oneof=plain|dotted"`
	Hole   shape   `keras:",default=dot"`
	Low    float64 `keras:"low,default=-1,together"`
	High   float64 `keras:"high,default=1,together"`
	Sizes  []int   `keras:"sizes,from=1"`
	Count  int     `keras:"count,alias=n,default=3,from=1"`
	Limit  float64 `keras:"limit,optional,from=0"`
	Turn   int     `keras:"turn,default=-1,from=-9"`
	Frame  []int   `keras:"frame,pairs"`
	Steps  []int   `keras:"steps,default=1,from=1"`
}

type point struct{ X float64 }

func (circle) area() {}
func (point) area()  {}

var (
	shapes = codec.NewRegistry[shape]("shapes")
	_      = shapes.Add(circle{}, codec.Named("Circle"), codec.Ignored("seed"), codec.Only("units", "cm"), codec.LastAxis("axis"))
	_      = shapes.Add(point{}, codec.Named("Point"))
	_      = shapes.Say("dot", point{X: 1})
)

// config is a source over a map, as a JSON object gives it.
type config struct {
	fields   map[string]any
	problems []string
	asked    []string
}

func (c *config) get(key string) (any, bool) {
	c.asked = append(c.asked, key)
	v, ok := c.fields[key]
	return v, ok
}
func (c *config) Has(key string) bool { _, ok := c.fields[key]; return ok }
func (c *config) Null(key string) bool {
	v, ok := c.fields[key]
	return ok && v == nil
}
func (c *config) Pointed(string)     {}
func (c *config) Old() bool          { return true }
func (c *config) Missing(key string) { c.Problem(key, "is missing") }
func (c *config) Flag(key string, fallback bool) bool {
	if v, ok := c.get(key); ok {
		return v.(bool)
	}
	return fallback
}
func (c *config) Number(key string, fallback float64) float64 {
	if v, ok := c.get(key); ok {
		return v.(float64)
	}
	return fallback
}
func (c *config) Whole(key string, fallback, from, to int) int {
	v, ok := c.get(key)
	if !ok {
		return fallback
	}
	if n := v.(int); n >= from && n <= to {
		return n
	}
	c.Problem(key, "%v is not from %d to %d", v, from, to)
	return fallback
}
func (c *config) Text(key, fallback string) string {
	if v, ok := c.get(key); ok {
		return v.(string)
	}
	return fallback
}
func (c *config) Wholes(key string, _ bool) []int {
	v, _ := c.get(key)
	sizes, _ := v.([]int)
	return sizes
}
func (c *config) IsList(key string) bool {
	v, _ := c.get(key)
	return v != nil && reflect.TypeOf(v).Kind() == reflect.Slice
}
func (c *config) LastAxis() int { return 3 }
func (c *config) Inside(key string, read func(codec.Source)) {
	if v, _ := c.get(key); v != nil {
		read(&config{fields: v.(map[string]any)})
	}
}
func (c *config) Numbers(key string, _ bool) []float64 {
	v, _ := c.get(key)
	numbers, _ := v.([]float64)
	return numbers
}
func (c *config) Pairs(key string) []int {
	v, _ := c.get(key)
	var flat []int
	pairs, _ := v.([][]int)
	for _, p := range pairs {
		flat = append(flat, p...)
	}
	return flat
}
func (c *config) Object(key string, f codec.Family) any {
	v, _ := c.get(key)
	if name, ok := v.(string); ok {
		value, _ := f.ByName(name)
		return value
	}
	if fields, ok := v.(map[string]any); ok {
		class, _ := f.Class(fields["class_name"].(string))
		return class.Read(&config{fields: fields["config"].(map[string]any)})
	}
	return nil
}
func (c *config) Problem(key, format string, args ...any) {
	c.problems = append(c.problems, key+": "+fmt.Sprintf(format, args...))
}
func (c *config) Only(o codec.Other) {
	if v, ok := c.get(o.Key); ok && v != nil && !slices.Contains(o.Harmless, v) {
		c.Problem(o.Key, "%v", v)
	}
}
func (c *config) Ignore(keys ...string) { c.asked = append(c.asked, keys...) }

func read(t *testing.T, fields map[string]any) (circle, []string) {
	t.Helper()
	class, ok := shapes.Class("Circle")
	if !ok {
		t.Fatal("no class")
	}
	c := &config{fields: fields}
	return class.Read(c).(circle), c.problems
}

func TestRead(t *testing.T) {
	tiny := math.SmallestNonzeroFloat64
	for _, c := range []struct {
		fields map[string]any
		want   circle
		faults string
	}{
		{map[string]any{"radius": 2.0}, circle{Radius: 2}, ""},
		{map[string]any{"radius": 2.0, "blur": 0.5, "fill": true, "style": "plain", "hole": "dot", "low": -1.0, "high": 1.0, "count": 3}, circle{Radius: 2}, ""},
		{map[string]any{"radius": 2.0, "blur": 0.0, "fill": false, "style": "dotted"}, circle{Radius: 2, Blur: tiny, NoFill: true, Style: "dotted"}, ""},
		{map[string]any{"radius": 2.0, "fill": nil}, circle{Radius: 2, NoFill: true}, ""},
		{map[string]any{"radius": 2.0, "low": 0.0}, circle{Radius: 2, High: 1}, ""},
		{map[string]any{"radius": 2.0, "low": 0.0, "high": 0.0}, circle{Radius: 2, Low: tiny, High: tiny}, ""},
		{map[string]any{"radius": 2.0, "n": 7, "sizes": []int{4, 5}, "seed": 3, "units": "cm"}, circle{Radius: 2, Count: 7, Sizes: []int{4, 5}}, ""},
		{map[string]any{"radius": 2.0, "hole": map[string]any{"class_name": "Point", "config": map[string]any{"x": 4.0}}}, circle{Radius: 2, Hole: point{X: 4}}, ""},
		{map[string]any{"radius": 2.0, "limit": nil}, circle{Radius: 2}, ""},
		{map[string]any{"radius": 2.0, "limit": 0.0}, circle{Radius: 2, Limit: tiny}, ""},
		{map[string]any{"radius": 2.0, "steps": []int{1, 1}}, circle{Radius: 2}, ""},
		{map[string]any{"radius": 2.0, "steps": []int{1, 2}}, circle{Radius: 2, Steps: []int{1, 2}}, ""},
		{map[string]any{}, circle{}, "radius: is missing"},
		{map[string]any{"radius": nil}, circle{}, "radius: is missing"},
		{map[string]any{"radius": -1.0}, circle{}, "radius: -1 must be above 0"},
		{map[string]any{"radius": 1.0, "blur": 1.0}, circle{}, "blur: 1 must be at least 0 and below 1"},
		{map[string]any{"radius": 1.0, "blur": nil}, circle{}, "blur: null is not a number"},
		{map[string]any{"radius": 1.0, "style": "wavy"}, circle{}, `style: "wavy" is not one of [plain dotted]`},
		{map[string]any{"radius": 1.0, "sizes": []int{0}}, circle{}, "sizes: [0] holds 0: sizes must be at least 1"},
		{map[string]any{"radius": 1.0, "units": "inch"}, circle{}, "units: inch"},
		{map[string]any{"radius": 1.0, "count": 0}, circle{}, "count: 0 is not from 1"},
		{map[string]any{"radius": 1.0, "turn": 0}, circle{}, "turn: 0 is not supported"},
		{map[string]any{"radius": 1.0, "turn": 1, "frame": [][]int{{1, 2}, {3, 4}}}, circle{Radius: 1, Turn: 1, Frame: []int{1, 2, 3, 4}}, ""},
	} {
		got, faults := read(t, c.fields)
		if c.faults != "" {
			if len(faults) != 1 || !strings.HasPrefix(faults[0], c.faults) {
				t.Errorf("%v: faults %q, want %q", c.fields, faults, c.faults)
			}
			continue
		}
		if len(faults) > 0 || !reflect.DeepEqual(got, c.want) {
			t.Errorf("%v: %+v %q, want %+v", c.fields, got, faults, c.want)
		}
	}
}

// What Config writes, Read reads back as the same value; values that mean the same are written alike.
func TestConfigRoundTrip(t *testing.T) {
	for _, want := range []circle{
		{Radius: 1},
		{Radius: 1, Blur: 0.25, NoFill: true, Style: "dotted", Hole: point{X: 3}, High: 2, Sizes: []int{1}, Count: 9, Frame: []int{1, 2, 3, 4}},
		{Radius: 1, Blur: math.SmallestNonzeroFloat64, Hole: circle{Radius: 5}},
	} {
		object, err := codec.Config(want)
		if err != nil {
			t.Fatal(err)
		}
		if object["class_name"] != "Circle" || object["module"] != "keras.shapes" {
			t.Errorf("the class is %v of %v", object["class_name"], object["module"])
		}
		fields := object["config"].(map[string]any)
		for key, v := range fields {
			if v == nil { // as a JSON decoder leaves it
				delete(fields, key)
			}
		}
		got, faults := read(t, fields)
		if len(faults) > 0 || !reflect.DeepEqual(got, want) {
			t.Errorf("%+v was written as %v and read as %+v %q", want, fields, got, faults)
		}
	}
	if a, b := codec.Canonical(circle{Blur: 0.5, Low: -1, High: 1, Style: "plain", Count: 3}), codec.Canonical(circle{}); !reflect.DeepEqual(a, b) {
		t.Errorf("%+v and %+v mean the same", a, b)
	}
}

func TestPython(t *testing.T) {
	for want, value := range map[string]shape{
		"keras.shapes.Circle(2.0)": circle{Radius: 2},
		"keras.shapes.Circle(2.0, blur=0.25, fill=False, hole=keras.shapes.Point(x=4.0), low=0.0, high=2.0)": circle{Radius: 2, Blur: 0.25, NoFill: true, Hole: point{X: 4}, High: 2},
		"keras.shapes.Circle(2.0, blur=0.0, hole='dot', sizes=[1, 2], count=4)":                              circle{Radius: 2, Blur: math.SmallestNonzeroFloat64, Hole: point{X: 1}, Sizes: []int{1, 2}, Count: 4},
		"keras.shapes.Circle(1.0, frame=[(1, 2), (3, 4)])":                                                   circle{Radius: 1, Frame: []int{1, 2, 3, 4}},
	} {
		call, err := codec.Python(value)
		if err != nil || call.String() != want {
			t.Errorf("%+v is %s (%v), want %s", value, call, err, want)
		}
	}
	if _, err := codec.Python(3); err == nil || !strings.Contains(err.Error(), "int: Keras has no such class") {
		t.Errorf("a number is not a class: %v", err)
	}
}

func TestSettingsAndWith(t *testing.T) {
	held := codec.Settings[shape](circle{Radius: 1})
	if len(held) != 1 || held[0].Field != "Hole" || held[0].Value != nil || held[0].Means != (point{X: 1}) {
		t.Errorf("settings are %+v", held)
	}
	changed, err := codec.With(circle{Radius: 1}, "Hole", shape(point{X: 2}))
	if err != nil || !reflect.DeepEqual(changed, circle{Radius: 1, Hole: point{X: 2}}) {
		t.Errorf("%+v %v", changed, err)
	}
	for field, to := range map[string]any{"Colour": 1, "Radius": "wide"} {
		if _, err := codec.With(circle{}, field, to); err == nil || !strings.Contains(err.Error(), field) {
			t.Errorf("%s = %v: error %v must name the setting", field, to, err)
		}
	}
}

// otherShape isn't registered: its hidden settings are part of the key.
type otherShape struct{ Hole shape }

func (otherShape) area() {}

func TestKey(t *testing.T) {
	key := func(value any) string {
		k := codec.NewKey("", itself{})
		if !k.Add(value) {
			t.Fatalf("%v has no key", value)
		}
		return k.Text() + k.Identity()
	}
	if key([]shape{circle{Radius: 1}, nil}) == key([]shape{circle{Radius: 2}, nil}) {
		t.Error("two circles have one key")
	}
	if key(otherShape{point{1}}) == key(otherShape{point{2}}) {
		t.Error("two shapes of another package have one key")
	}
	if codec.NewKey("", itself{}).Add(func() {}) {
		t.Error("a function has no key")
	}
}

type itself struct{}

func TestTagsThatMakeNoSense(t *testing.T) {
	type wrong struct {
		A float64 `keras:"a,default=0"`
	}
	type unknown struct {
		A float64 `keras:"a,wishful"`
	}
	r := codec.NewRegistry[any]("none")
	for text, value := range map[string]any{"the default": wrong{}, `unknown word "wishful"`: unknown{}} {
		func() {
			defer func() {
				if p := fmt.Sprint(recover()); !strings.Contains(p, text) {
					t.Errorf("%T: %s, want it refused with %q", value, p, text)
				}
			}()
			r.Add(value)
		}()
	}
}

// ring has what a rule or a schedule needs of the codec: numbers whose zero is 0 though Keras has another default, and
// lengths that need not be whole.
type ring struct {
	Inner float64 `keras:"inner,missing=0.9,from=0,below=1"`
	Turns int     `keras:"turns,missing=5,from=0"`
	Rate  float64 `keras:"rate,missing=0.2,above=0,optional"`
	Steps int     `keras:"steps,required,above=0,rest=Part"`
	Part  float64 `keras:"-"`
	Marks []int   `keras:"marks,floor"`
	Sizes []float64
}

func (ring) area() {}

var _ = shapes.Add(ring{}, codec.Named("Ring"), codec.Settled(func(_ codec.Source, value any) any {
	r := value.(ring)
	if r.Turns == 7 {
		r.Inner = 0.7
	}
	return r
}))

func TestNumbersOfRulesAndSchedules(t *testing.T) {
	class, _ := shapes.Class("Ring")
	for _, c := range []struct {
		fields map[string]any
		want   ring
		fault  string
	}{
		{map[string]any{"steps": 3.0}, ring{Inner: 0.9, Turns: 5, Rate: 0.2, Steps: 3}, ""},
		{map[string]any{"steps": 2.5, "inner": 0.0, "turns": 0, "rate": nil}, ring{Steps: 2, Part: 0.5}, ""},
		{map[string]any{"steps": 1.0, "turns": 7}, ring{Inner: 0.7, Turns: 7, Rate: 0.2, Steps: 1}, ""},
		{map[string]any{"steps": 1.0, "marks": []float64{1.5, -0.5}, "sizes": []float64{0.5}}, ring{Inner: 0.9, Turns: 5, Rate: 0.2, Steps: 1, Marks: []int{1, -1}, Sizes: []float64{0.5}}, ""},
		{map[string]any{}, ring{}, "steps: is missing"},
		{map[string]any{"steps": 0.0}, ring{}, "steps: 0 must be above 0"},
		{map[string]any{"steps": 1e10}, ring{}, "steps: 1e+10 is more than 2147483647"},
		{map[string]any{"steps": 1.0, "marks": []float64{1e10}}, ring{}, "marks: [1e+10] holds 1e+10"},
		{map[string]any{"steps": 1.0, "inner": 1.0}, ring{}, "inner: 1 must be at least 0 and below 1"},
	} {
		from := &config{fields: c.fields}
		got := class.Read(from)
		switch {
		case c.fault != "":
			if len(from.problems) != 1 || !strings.HasPrefix(from.problems[0], c.fault) {
				t.Errorf("%v: %q, want %q", c.fields, from.problems, c.fault)
			}
		case len(from.problems) > 0 || !reflect.DeepEqual(got, c.want):
			t.Errorf("%v: %+v %q, want %+v", c.fields, got, from.problems, c.want)
		}
	}
	for want, value := range map[string]ring{
		"keras.shapes.Ring(steps=0, inner=0.0)":                       {Turns: 5, Rate: 0.2},
		"keras.shapes.Ring(steps=2.5)":                                {Inner: 0.9, Turns: 5, Rate: 0.2, Steps: 2, Part: 0.5},
		"keras.shapes.Ring(turns=0, rate=None, steps=3, sizes=[1.0])": {Inner: 0.9, Steps: 3, Sizes: []float64{1}},
	} {
		call, err := codec.Python(value)
		if err != nil {
			t.Fatal(err)
		}
		if len(call.String()) != len(want) || !sameArguments(call.String(), want) {
			t.Errorf("%+v is %s, want the arguments of %s", value, call, want)
		}
	}
	if got := codec.Defaults(ring{}); !reflect.DeepEqual(got, ring{Inner: 0.9, Turns: 5, Rate: 0.2}) {
		t.Errorf("defaults are %+v", got)
	}
	if line := codec.GoLine([]shape{point{X: 2}}); strings.Contains(line, "\n") {
		t.Errorf("%q has several lines", line)
	}
}

// sameArguments compares two calls whatever the order of their arguments.
func sameArguments(a, b string) bool {
	sorted := func(call string) []string {
		words := strings.FieldsFunc(call, func(r rune) bool { return r == '(' || r == ')' || r == ',' || r == ' ' })
		slices.Sort(words)
		return words
	}
	return slices.Equal(sorted(a), sorted(b))
}

package keras

import (
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strconv"
	"unicode/utf8"
)

// object is a JSON object of the file. It remembers which keys were asked for: what nobody asked for is an
// option that this package doesn't know ([object.done]).
//
// Where the object has the settings of a class, a missing key has the default of Keras' constructor, and a null is
// refused unless Keras takes it ([constructor]). Getters return zero for what is nil then, and for a value of a wrong
// type, which they report. A nil object is empty.
type object struct {
	path   string // where in the file, "config.layers[0]"
	fields map[string]any
	asked  map[string]bool
	of     *constructor // nil: not the settings of a class

	inside *[]Layer // layers that were read as settings of this one

	lastAxisNumber int // of the layer whose config this is, the batch counted as 0; 0: not known
	*report
}

func (o *object) at(key string) string {
	if o.path == "" {
		return key
	}
	return o.path + "." + key
}

// get returns the value of a key: the constructor's default when it is missing, nil when that or the value is null.
func (o *object) get(key string) any {
	if o == nil {
		return nil
	}
	again := o.asked[key]
	o.asked[key] = true
	v, there := o.fields[key]
	switch {
	case !there:
		if o.of != nil && slices.Contains(o.of.Required, key) && !again {
			o.problem(key, "is missing")
		}
		return o.of.fallback(key)
	case v == nil && !o.of.takesNull(key) && !o.nullInKeras2(key):
		if !again {
			o.problem(key, "null is not supported: leave the key out for Keras' default, %s, or write a value", show(o.of.fallback(key)))
		}
		return o.of.fallback(key)
	}
	return v
}

// nullInKeras2 tells the keys that Keras 2 wrote as null for their defaults.
func (o *object) nullInKeras2(key string) bool {
	return o.keras2 && (key == "name" || key == "run_eagerly" || key == "steps_per_execution" || key == "jit_compile")
}

// has tells whether a key has a value, given or by default.
func (o *object) has(key string) bool {
	if o == nil {
		return false
	}
	v, there := o.fields[key]
	return v != nil || !there && o.of.fallback(key) != nil
}

func (o *object) problem(key, format string, args ...any) {
	o.add(o.at(key), format, args...)
}

// ignore asks for keys whose value doesn't matter.
func (o *object) ignore(keys ...string) {
	for _, k := range keys {
		o.get(k)
	}
}

// number returns a finite number.
func (o *object) number(key string) float64 {
	v := o.get(key)
	if v == nil {
		return 0
	}
	x, ok := numberOf(v)
	if !ok {
		o.problem(key, "%s is not a number", show(v))
		return 0
	}
	if math.IsNaN(x) || math.IsInf(x, 0) {
		o.problem(key, "%s is not finite", show(v))
		return 0
	}
	return x
}

// positive is number, above zero.
func (o *object) positive(key string) float64 {
	x := o.number(key)
	if x <= 0 && o.has(key) {
		o.problem(key, "%g must be positive", x)
	}
	return x
}

func (o *object) notNegative(key string, x float64) {
	if x < 0 {
		o.problem(key, "%g must not be negative", x)
	}
}

// whole returns a whole number from low to high.
func (o *object) whole(key string, low, high int) int {
	v := o.get(key)
	if v == nil {
		return low
	}
	x, ok := wholeOf(v)
	if !ok || x < low || x > high {
		o.problem(key, "%s must be a whole number from %d to %d", show(v), low, high)
		return low
	}
	return x
}

// seed accepts what Keras takes for a seed, which isn't taken over.
func (o *object) seed(key string) {
	v := o.get(key)
	if fields, ok := v.(map[string]any); ok && fields["class_name"] == "SeedGenerator" {
		return
	}
	if _, ok := wholeOf(v); v != nil && !ok {
		o.problem(key, "%s is not a seed", show(v))
	}
}

func (o *object) flag(key string) bool {
	switch v := o.get(key).(type) {
	case nil:
		return false
	case bool:
		return v
	default:
		o.problem(key, "%s is neither true nor false", show(v))
		return false
	}
}

func (o *object) text(key string) string {
	switch v := o.get(key).(type) {
	case nil:
		return ""
	case string:
		return v
	default:
		o.problem(key, "%s is not a string", show(v))
		return ""
	}
}

// child returns the object of a key, nil when it is missing or null.
func (o *object) child(key string) *object {
	v := o.get(key)
	if v == nil {
		return nil
	}
	fields, ok := v.(map[string]any)
	if !ok {
		o.problem(key, "%s is not an object", show(v))
		return nil
	}
	return newObject(o.at(key), fields, o.report)
}

// list returns the elements of a key, nil when it is missing or null.
func (o *object) list(key string) []any {
	v := o.get(key)
	if v == nil {
		return nil
	}
	all, ok := v.([]any)
	if !ok {
		o.problem(key, "%s is not a list", show(v))
	}
	return all
}

// only reports a value that isn't one of those that leave the result as it is.
func (o *object) only(key string, harmless ...any) {
	v := o.get(key)
	if v == nil || slices.ContainsFunc(harmless, func(h any) bool { return same(v, h) }) {
		return
	}
	if len(harmless) == 0 {
		o.problem(key, "%s is not supported", show(v))
		return
	}
	o.problem(key, "%s is not supported (only %s)", show(v), show(harmless[0]))
}

// done reports the keys that nobody asked for, unless their value is null or false: an option of a newer
// Keras that is switched off.
func (o *object) done() {
	if o == nil {
		return
	}
	var unknown []string
	for key, v := range o.fields {
		if !o.asked[key] && v != nil && v != false {
			unknown = append(unknown, key)
		}
	}
	slices.Sort(unknown)
	for _, key := range unknown {
		o.problem(key, "this option is not known; its value is %s", show(o.fields[key]))
	}
}

func newObject(path string, fields map[string]any, r *report) *object {
	return &object{path: path, fields: fields, asked: map[string]bool{}, report: r}
}

// numberOf is the number that a value stands for: itself, or Keras' wrapping of a scalar array.
func numberOf(v any) (float64, bool) {
	switch v := v.(type) {
	case json.Number:
		x, err := strconv.ParseFloat(string(v), 64)
		return x, err == nil || math.IsInf(x, 0)
	case constant:
		return float64(v), true
	case map[string]any:
		class, config := v["class_name"], v["config"]
		if inner, ok := config.(map[string]any); ok && (class == "__tensor__" || class == "__numpy__") {
			if n, ok := inner["value"].(json.Number); ok {
				return numberOf(n)
			}
		}
	}
	return 0, false
}

// wholeOf is the whole number that a value is written as: Keras refuses 2.0 where it wants 2.
func wholeOf(v any) (int, bool) {
	n, ok := v.(json.Number)
	if !ok {
		return 0, false
	}
	x, err := strconv.Atoi(string(n))
	return x, err == nil
}

// same compares a value of the file with one of Go: nil, bool, string, int or float64.
func same(v, want any) bool {
	switch want := want.(type) {
	case int:
		x, ok := numberOf(v)
		return ok && x == float64(want)
	case float64:
		x, ok := numberOf(v)
		return ok && x == want
	case []any:
		all, ok := v.([]any)
		return ok && slices.EqualFunc(all, want, same)
	case nil, bool, string:
		return v == want
	default:
		panic(fmt.Sprintf("same can't compare with %T", want))
	}
}

// show prints a value, shortened.
func show(v any) string {
	text, err := json.Marshal(v)
	if err != nil {
		return fmt.Sprintf("%v", v)
	}
	const most = 60
	if len(text) <= most {
		return string(text)
	}
	cut := most
	for cut > 0 && !utf8.RuneStart(text[cut]) {
		cut--
	}
	return string(text[:cut]) + "…"
}

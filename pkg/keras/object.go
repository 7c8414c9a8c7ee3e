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
// A nil object is empty. Getters return the fallback for a missing key and report a value of a wrong type.
type object struct {
	path   string // where in the file, "config.layers[0]"
	fields map[string]any
	asked  map[string]bool

	lastAxisNumber int // of the layer whose config this is, the batch counted as 0; 0: not known
	*report
}

func (o *object) at(key string) string {
	if o.path == "" {
		return key
	}
	return o.path + "." + key
}

// get returns the value of a key, nil when it is missing or null.
func (o *object) get(key string) any {
	if o == nil {
		return nil
	}
	o.asked[key] = true
	return o.fields[key]
}

func (o *object) has(key string) bool { return o != nil && o.fields[key] != nil }

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
func (o *object) number(key string, fallback float64) float64 {
	v := o.get(key)
	if v == nil {
		return fallback
	}
	x, ok := numberOf(v)
	if !ok {
		o.problem(key, "%s is not a number", show(v))
		return fallback
	}
	if math.IsNaN(x) || math.IsInf(x, 0) {
		o.problem(key, "%s is not finite", show(v))
		return fallback
	}
	return x
}

// positive is number, above zero.
func (o *object) positive(key string, fallback float64) float64 {
	x := o.number(key, fallback)
	if x <= 0 && o.has(key) {
		o.problem(key, "%g must be positive", x)
		return fallback
	}
	return x
}

func (o *object) notNegative(key string, x float64) {
	if x < 0 {
		o.problem(key, "%g must not be negative", x)
	}
}

// whole returns a whole number from low to high.
func (o *object) whole(key string, fallback, low, high int) int {
	v := o.get(key)
	if v == nil {
		return fallback
	}
	x, ok := numberOf(v)
	if !ok || x != math.Trunc(x) || x < float64(low) || x > float64(high) {
		o.problem(key, "%s must be a whole number from %d to %d", show(v), low, high)
		return fallback
	}
	return int(x)
}

// size is a whole number that must be there: units of a layer, for instance.
func (o *object) size(key string) int {
	if !o.has(key) {
		o.get(key)
		o.problem(key, "is missing")
		return 1
	}
	return o.whole(key, 1, 1, maxSize)
}

func (o *object) flag(key string, fallback bool) bool {
	switch v := o.get(key).(type) {
	case nil:
		return fallback
	case bool:
		return v
	default:
		o.problem(key, "%s is neither true nor false", show(v))
		return fallback
	}
}

func (o *object) text(key, fallback string) string {
	switch v := o.get(key).(type) {
	case nil:
		return fallback
	case string:
		return v
	default:
		o.problem(key, "%s is not a string", show(v))
		return fallback
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

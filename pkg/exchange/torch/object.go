package torch

import (
	"fmt"
	"math"
	"slices"

	"example.com/unstuck/internal/excerpt"
	"example.com/unstuck/pkg/training"
)

// report collects what of a file isn't understood.
type report struct{ problems training.Problems }

// How many problems are noted, and how long the text of one may be: names in the file may have a megabyte.
const (
	maxProblems = 1000
	maxText     = 500
)

func (r *report) add(path, format string, arguments ...any) {
	if len(r.problems) < maxProblems {
		r.problems = append(r.problems, training.Problem{Path: excerpt.Of(path, maxText), Text: excerpt.Of(fmt.Sprintf(format, arguments...), maxText)})
	}
}

// object is a JSON object of the file. It remembers which keys were asked for: what nobody asked for is an option that isn't
// known, see [object.done]. A missing key has PyTorch's default. Getters report a value of a wrong type, and give zero.
type object struct {
	path   string // in the file, "optimizer.groups[0]"
	fields map[string]any
	of     options
	asked  map[string]bool
	*report
}

func (r *report) object(path string, fields map[string]any, of options) *object {
	return &object{path: path, fields: fields, of: of, asked: map[string]bool{}, report: r}
}

func (o *object) at(key string) string {
	if o.path == "" {
		return key
	}
	return o.path + "." + key
}

func (o *object) problem(key, format string, arguments ...any) {
	o.add(o.at(key), format, arguments...)
}

// get is the value of a key, PyTorch's default where it is missing; nil where that or the value is null.
func (o *object) get(key string) any {
	again := o.asked[key]
	o.asked[key] = true
	v, there := o.fields[key]
	if !there {
		v = o.of.Defaults[key]
		if slices.Contains(o.of.Required, key) && !again {
			o.problem(key, "is missing: PyTorch has no default for it")
		}
	}
	return v
}

// has reports whether a key has a value, given or by default, that isn't null.
func (o *object) has(key string) bool {
	v, there := o.fields[key]
	if !there {
		v = o.of.Defaults[key]
	}
	return v != nil
}

// ignore asks for keys whose values change nothing.
func (o *object) ignore(keys ...string) {
	for _, key := range keys {
		o.asked[key] = true
	}
}

// number is a finite number, 0 for null.
func (o *object) number(key string) float64 {
	v := o.get(key)
	if v == nil {
		return 0
	}
	x, ok := numberOf(v)
	switch {
	case !ok:
		o.problem(key, "%s is not a number", show(v))
		return 0
	case math.IsNaN(x) || math.IsInf(x, 0):
		o.problem(key, "%s is not finite", show(v))
		return 0
	}
	return x
}

// within is number, which must lie in a range.
func (o *object) within(key string, low, high float64) float64 {
	x := o.number(key)
	if !(x >= low && x <= high) {
		text := fmt.Sprintf("from %g to %g", low, high)
		if math.IsInf(high, 1) {
			text = fmt.Sprintf("at least %g", low)
		}
		o.problem(key, "is %g, must be %s", x, text)
		return low
	}
	return x
}

// positive is number, above zero; 1 for what isn't.
func (o *object) positive(key string) float64 {
	x := o.number(key)
	if x <= 0 {
		o.problem(key, "is %g, must be positive", x)
		return 1
	}
	return x
}

// whole is a whole number from low to high, low for null.
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

// child is the object of a key; nil where it is missing, null or something else.
func (o *object) child(key string, of options) *object {
	v := o.get(key)
	if v == nil {
		return nil
	}
	fields, ok := v.(map[string]any)
	if !ok {
		o.problem(key, "%s is not an object", show(v))
		return nil
	}
	return o.object(o.at(key), fields, of)
}

// list are the elements of a key; nil where it is missing or null.
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

// done reports the keys that nobody asked for, but for those that are null or false: options of a newer PyTorch that are
// switched off.
func (o *object) done() {
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

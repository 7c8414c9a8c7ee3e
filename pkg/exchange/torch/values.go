package torch

import (
	"encoding/json"
	"fmt"
	"math"
	"strconv"

	"example.com/unstuck/internal/excerpt"
)

func numberOf(v any) (float64, bool) {
	n, ok := v.(json.Number)
	if !ok {
		x, constant := v.(float64)
		return x, constant
	}
	x, err := strconv.ParseFloat(string(n), 64)
	return x, err == nil || math.IsInf(x, 0)
}

// wholeOf is a whole number, written with a point or without.
func wholeOf(v any) (int, bool) {
	x, ok := numberOf(v)
	if !ok || x != math.Trunc(x) || math.Abs(x) > math.MaxInt32 {
		return 0, false
	}
	return int(x), true
}

// show prints a value, shortened.
func show(v any) string {
	text, err := json.Marshal(v)
	if err != nil {
		return fmt.Sprint(v)
	}
	return excerpt.Of(string(text), 60)
}

// optional is a number that may be anything, NaN too; nil where it is missing or null.
func (o *object) optional(key string) *float64 {
	v := o.get(key)
	if v == nil {
		return nil
	}
	x, ok := numberOf(v)
	if !ok {
		o.problem(key, "%s is not a number", show(v))
		return nil
	}
	return &x
}

func isNumber(v any, want float64) bool {
	x, ok := numberOf(v)
	return ok && x == want
}

// seed is any whole number of 64 bits, 0 for null.
func (o *object) seed(key string) int64 {
	v := o.get(key)
	if v == nil {
		return 0
	}
	n, _ := v.(json.Number)
	x, err := strconv.ParseInt(string(n), 10, 64)
	if err != nil {
		o.problem(key, "%s is not a seed", show(v))
	}
	return x
}

// numbers are those of a tensor with one axis, or more of which all but one have the size 1; nil for null.
func (o *object) numbers(key string) []float64 {
	v := o.get(key)
	if v == nil {
		return nil
	}
	list, ok := v.([]any)
	for ok && len(list) == 1 {
		inner, nested := list[0].([]any)
		if !nested {
			break
		}
		list = inner
	}
	if x, scalar := numberOf(v); scalar {
		return []float64{x}
	}
	values := make([]float64, 0, len(list))
	for _, e := range list {
		inner, nested := e.([]any)
		for nested && len(inner) == 1 {
			e = inner[0]
			inner, nested = e.([]any)
		}
		x, number := numberOf(e)
		if !number || math.IsNaN(x) || math.IsInf(x, 0) {
			ok = false
			break
		}
		values = append(values, x)
	}
	if !ok || len(values) == 0 {
		o.problem(key, "%s is not a list of finite numbers", show(v))
		return nil
	}
	return values
}

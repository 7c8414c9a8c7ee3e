package codec_test

import (
	"reflect"
	"testing"

	"example.com/unstuck/internal/codec"
)

type grid struct {
	Scale  float64 `keras:"scale,positional,required,list=Scales"`
	Axes   []int   `keras:"axes,default=-1,axis,empty"`
	Side   int     `keras:"side,default=-1,axis,from=-9"`
	Scales []float64
	Limits limits
}

type limits struct {
	Low  float64 `keras:"low,from=0"`
	High float64 `keras:"high,from=0"`
}

func (grid) area() {}

var _ = shapes.Add(grid{})

// Axes, lists in place of numbers and objects of numbers are read (the last axis of the test's input is 3) and written.
func TestAxesListsAndObjectsOfNumbers(t *testing.T) {
	class, _ := shapes.Class("grid")
	for _, c := range []struct {
		fields map[string]any
		want   grid
		python string
	}{
		{map[string]any{"scale": 2.0}, grid{Scale: 2}, "keras.shapes.grid(2.0)"},
		{map[string]any{"scale": 2.0, "axes": []int{3}, "side": []int{3}}, grid{Scale: 2}, "keras.shapes.grid(2.0)"},
		{map[string]any{"scale": 2.0, "axes": []int{1, 3}, "side": []int{-2}}, grid{Scale: 2, Axes: []int{1, -1}, Side: -2}, "keras.shapes.grid(2.0, axes=[1, -1], side=-2)"},
		{map[string]any{"scale": 2.0, "axes": []int{}}, grid{Scale: 2, Axes: []int{}}, "keras.shapes.grid(2.0, axes=[])"},
		{map[string]any{"scale": []float64{1, 2}}, grid{Scales: []float64{1, 2}}, "keras.shapes.grid([1.0, 2.0])"},
		{map[string]any{"scale": 2.0, "limits": map[string]any{"high": 3.0}}, grid{Scale: 2, Limits: limits{High: 3}}, "keras.shapes.grid(2.0, limits={'high': 3.0})"},
	} {
		from := &config{fields: c.fields}
		got := class.Read(from)
		if len(from.problems) > 0 || !reflect.DeepEqual(got, c.want) {
			t.Errorf("%v: %+v %q, want %+v", c.fields, got, from.problems, c.want)
		}
		call, err := codec.Python(got)
		if err != nil || call.String() != c.python {
			t.Errorf("%+v: %s %v, want %s", got, call, err, c.python)
		}
	}
	from := &config{fields: map[string]any{"scale": 2.0, "side": []int{1, 2}}}
	if class.Read(from); len(from.problems) != 1 {
		t.Errorf("two axes in place of one: %q", from.problems)
	}
}

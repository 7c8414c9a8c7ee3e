package loop

import (
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"strings"
)

// mistyped says what is wrong in JSON's words, not in Go's.
func mistyped(err error) string {
	var wrong *json.UnmarshalTypeError
	if !errors.As(err, &wrong) {
		var cut *json.SyntaxError
		if errors.As(err, &cut) {
			return fmt.Sprintf("it is no JSON from byte %d on: %s", cut.Offset, cut.Error())
		}
		return "it is no JSON of a recording"
	}
	want := map[reflect.Kind]string{
		reflect.Struct: "an object", reflect.Map: "an object", reflect.Slice: "a list", reflect.Array: "a list", reflect.Bool: "true or false",
		reflect.String: "a text", reflect.Float32: "a number", reflect.Float64: "a number",
	}[wrong.Type.Kind()]
	if want == "" {
		want = "a whole number"
	}
	name := strings.TrimPrefix(wrong.Field, "Recording.") // which it is read into
	if name == "" {
		name = "what it holds"
	}
	return fmt.Sprintf("%s is of the kind %q, must be %s", name, wrong.Value, want)
}

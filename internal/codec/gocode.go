package codec

import (
	"fmt"
	"reflect"
	"runtime"
	"strconv"
	"strings"
)

// GoCode is Go that makes the value, fields that are zero left out:
//
//	nn.Dense{Units: 64, Activation: nn.ReLU{}}
//
// A slice of layers, or whatever else is an interface with a [Registry], takes a line for each element. A function
// is written with its name, which compiles where it belongs to a package and isn't a closure.
func GoCode(value any) string { return goWriter{lines: true}.literal(reflect.ValueOf(value), "") }

// GoLine is [GoCode] on one line.
func GoLine(value any) string { return goWriter{}.literal(reflect.ValueOf(value), "") }

// goWriter writes values as Go.
type goWriter struct{ lines bool }

// literal writes a value; lines after the first start with indent.
func (w goWriter) literal(v reflect.Value, indent string) string {
	switch v.Kind() {
	case reflect.Invalid:
		return "nil"
	case reflect.Interface:
		return w.literal(v.Elem(), indent)
	case reflect.Pointer:
		if v.IsNil() {
			return "nil"
		}
		return "&" + w.literal(v.Elem(), indent)
	case reflect.Func:
		return v.Type().String() + "(" + runtime.FuncForPC(v.Pointer()).Name() + ")"
	case reflect.Float32, reflect.Float64:
		return strconv.FormatFloat(v.Float(), 'g', -1, v.Type().Bits())
	case reflect.String:
		return strconv.Quote(v.String())
	case reflect.Struct:
		var fields []string
		for i := range v.NumField() {
			if f := v.Type().Field(i); f.IsExported() && !v.Field(i).IsZero() {
				fields = append(fields, f.Name+": "+w.literal(v.Field(i), indent))
			}
		}
		return v.Type().String() + "{" + strings.Join(fields, ", ") + "}"
	case reflect.Slice:
		return w.slice(v, indent)
	default:
		return fmt.Sprint(v)
	}
}

func (w goWriter) slice(v reflect.Value, indent string) string {
	elements := make([]string, v.Len())
	deeper := indent + "\t"
	for i := range elements {
		elements[i] = w.literal(v.Index(i), deeper)
	}
	if !w.lines || familyOf(v.Type().Elem()) == nil || len(elements) == 0 {
		return v.Type().String() + "{" + strings.Join(elements, ", ") + "}"
	}
	return v.Type().String() + "{\n" + deeper + strings.Join(elements, ",\n"+deeper) + ",\n" + indent + "}"
}

package codec

import (
	"fmt"
	"reflect"
	"slices"
)

// Check refuses a value of a registered type whose settings are out of the range that their tags allow; zero, which
// stands for a default, is always in it where there is a default. Values of other types pass.
func Check(value any) error {
	c, ok := ClassOf(value)
	if !ok {
		return nil
	}
	v := reflect.ValueOf(value)
	for _, s := range c.Settings {
		f := v.Field(s.index)
		switch f.Kind() {
		case reflect.Float64:
			if x := f.Float(); !s.Range.Contains(x) && !(x == 0 && s.Default != "") {
				return fmt.Errorf("%s.%s is %g, must be %s", c.Name, s.Field, x, s.Range)
			}
		case reflect.Int:
			if n := f.Int(); !s.Range.Contains(float64(n)) && !(n == 0 && s.Default != "") {
				return fmt.Errorf("%s.%s is %d, must be %s", c.Name, s.Field, n, s.Range)
			}
		case reflect.Slice:
			numbers, _ := f.Interface().([]float64)
			for _, x := range numbers {
				if !s.Range.Contains(x) {
					return fmt.Errorf("%s.%s is %v, its numbers must be %s", c.Name, s.Field, numbers, s.Range)
				}
			}
		case reflect.String:
			if text := f.String(); s.OneOf != nil && text != "" && !slices.Contains(s.OneOf, text) {
				return fmt.Errorf("%s.%s is %q, must be one of %q", c.Name, s.Field, text, s.OneOf)
			}
		}
	}
	return nil
}

package notebook

import (
	"fmt"
	"reflect"
	"sync"
)

// shown holds, by the type of a value, how it is shown.
var shown sync.Map // reflect.Type to func(Display, any) error

// Register tells [Show] how values of type T are shown. A package does so for what it renders, in its init; that of the doctor's reports is
// pkg/doctor/report. The last one that is registered for a type holds.
func Register[T any](on func(Display, T) error) {
	shown.Store(reflect.TypeFor[T](), func(d Display, v any) error { return on(d, v.(T)) })
}

// showOther shows what is no figure: as it was registered, else its text.
func showOther(d Display, v any) error {
	if on, found := shown.Load(reflect.TypeOf(v)); found {
		return on.(func(Display, any) error)(d, v)
	}
	switch v := v.(type) {
	case Table:
		return ShowTableOn(d, v)
	case Slider:
		return showSlider(d, v)
	case fmt.Stringer:
		return d.Show(Bundle{Data: map[string][]byte{Plain: []byte(v.String())}})
	}
	return fmt.Errorf("notebook: nothing is known of how to show values of type %T: give a figure, a table, a slider or what has a String method", v)
}

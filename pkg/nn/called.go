package nn

import (
	"fmt"
	"slices"

	"example.com/unstuck/internal/codec"
)

// Called is implemented by layers whose call takes several arguments in Keras, some of which may be left out.
type Called interface {
	Multi
	// Parameters are the names of the call's arguments, in Keras' order.
	Parameters() []string
	// Arrange puts inputs, given under the names of their arguments, into the order of ApplyAll. The error names what
	// is missing or not supported.
	Arrange(given map[string][]string) ([]string, error)
}

// WithCallSetting is the layer with a setting that Keras takes in the call, such as use_causal_mask; false when it has none
// of that name.
func WithCallSetting(l Layer, name string, value any) (Layer, bool) {
	if w, ok := l.(Wrapper); ok {
		inner, ok := WithCallSetting(w.Unwrap(), name, value)
		return w.Wrap(inner), ok
	}
	class, ok := classOf(l)
	if !ok {
		return l, false
	}
	field, ok := class.CallSetting(name)
	if !ok {
		return l, false
	}
	changed, err := codec.With(l, field, value)
	if err != nil {
		return l, false
	}
	return changed.(Layer), true
}

// arrange is [Called.Arrange] for a call whose inputs are one each: those that are required, then those that may be left
// out; an optional one that is missing in front of one that is there is stood in for by the one named.
func arrange(layer string, given map[string][]string, required []string, optional []string, standIn string) ([]string, error) {
	var inputs []string
	known := 0
	for _, name := range required {
		if len(given[name]) != 1 {
			return nil, fmt.Errorf("%s needs one %s, here are %d", layer, name, len(given[name]))
		}
		inputs = append(inputs, given[name][0])
		known++
	}
	missing := 0
	for _, name := range optional {
		switch len(given[name]) {
		case 0:
			missing++
		case 1:
			for ; missing > 0; missing-- {
				inputs = append(inputs, given[standIn][0])
			}
			inputs = append(inputs, given[name][0])
			known++
		default:
			return nil, fmt.Errorf("%s takes one %s, here are %d", layer, name, len(given[name]))
		}
	}
	if known < len(given) {
		for name := range given {
			if !slices.Contains(required, name) && !slices.Contains(optional, name) {
				return nil, fmt.Errorf("%s takes no %s here", layer, name)
			}
		}
	}
	return inputs, nil
}

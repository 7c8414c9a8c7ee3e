package keras

import "fmt"

// metrics reads the names of the metrics, for reference: they don't change a training. Objects give their
// name, or their class. What isn't Keras' own is refused.
func (o *object) metrics(key string) []string {
	v := o.get(key)
	if v == nil {
		return nil
	}
	if _, ok := v.([]any); !ok {
		o.problem(key, "%s is not a list", show(v))
		return nil
	}
	return o.metricNames(o.at(key), v, 4)
}

func (o *object) metricNames(path string, v any, depth int) (all []string) {
	if list, ok := v.([]any); ok && depth > 0 {
		for i, one := range list {
			all = append(all, o.metricNames(fmt.Sprintf("%s[%d]", path, i), one, depth-1)...)
		}
		return all
	}
	s, ok := asSerialized(path, v, metricsKind, o.report)
	switch {
	case v == nil || !ok: // a null is no metric; else it is reported
		return nil
	case o.keras2 && s.class == "MeanMetricWrapper" && s.config != nil && s.config.text("name") != "": // of a function, which its name tells
	case s.class != "acc" && s.class != "crossentropy" && s.class != "ce" && !metricsKind.knows(s.class):
		o.add(path, "Keras has no metric %s", show(s.class))
		return nil
	}
	if s.config != nil {
		if name := s.config.text("name"); name != "" {
			return []string{name}
		}
	}
	return []string{s.class}
}

package keras

// metrics reads the names of the metrics, for reference: they don't change a training. Objects give their
// name, or their class.
func (o *object) metrics(key string) []string {
	return metricNames(o.get(key), 4)
}

func metricNames(v any, depth int) []string {
	if depth == 0 {
		return nil
	}
	switch v := v.(type) {
	case string:
		return []string{v}
	case []any:
		var all []string
		for _, one := range v {
			all = append(all, metricNames(one, depth-1)...)
		}
		return all
	case map[string]any:
		if config, ok := v["config"].(map[string]any); ok {
			if name, ok := config["name"].(string); ok {
				return []string{name}
			}
		}
		if name, ok := v["config"].(string); ok { // a function of Keras' own
			return []string{name}
		}
		if class, ok := v["class_name"].(string); ok {
			return []string{class}
		}
	}
	return nil
}

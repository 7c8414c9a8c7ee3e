package keras

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"example.com/unstuck/pkg/loss"
	"example.com/unstuck/pkg/training"
)

// metricPlace is a metric of the file, and the output that it is of.
type metricPlace struct {
	placed
	output   int
	weighted bool
}

// readMetrics reads metrics and weighted_metrics. What can't be read, a metric of one's own above all, changes nothing in the
// training: it is left out, and named among what was assumed.
func (d *Description) readMetrics(c *object, outputs []string) {
	var left []string
	var why string
	leave := func(what string, err error) {
		left = append(left, what)
		if why == "" {
			why = err.Error()
		}
	}
	seen := map[string]int{}
	for _, key := range []string{"metrics", "weighted_metrics"} {
		places, err := metricPlaces(c.at(key), c.get(key), outputs)
		if err != nil {
			leave(key, err)
		}
		for _, p := range places {
			p.weighted = key == "weighted_metrics"
			m, name, err := readMetric(p.placed, c.keras2)
			if err != nil {
				leave(metricText(p.value), err)
				continue
			}
			d.Metrics = append(d.Metrics, reported(m, name, p, outputs, seen))
		}
	}
	if len(left) > 0 {
		d.Assume(training.MetricsSetting, "without "+strings.Join(left, ", "), why)
	}
}

// reported is the metric under the name that Keras gives it: that of the file, and where there is one of that name already,
// another.
func reported(m loss.Metric, name string, p metricPlace, outputs []string, seen map[string]int) loss.Metric {
	r := loss.Reported{Metric: m, Name: name, Weighted: p.weighted}
	if len(outputs) > 1 {
		r.Output = outputs[p.output]
	}
	count := seen[r.String()]
	seen[r.String()]++
	if count > 0 && p.weighted {
		r.Name = "weighted_" + name
		count = seen[r.String()]
		seen[r.String()]++
	}
	if count > 0 {
		r.Name = fmt.Sprintf("%s_%d", r.Name, count)
		seen[r.String()]++
	}
	if r.Name == m.String() {
		r.Name = ""
	}
	if r.Name == "" && r.Output == "" && !r.Weighted {
		return m
	}
	return r
}

// metricPlaces finds the metrics of each output: of one output in lists and objects however they are nested, of several in a list or
// an object with an entry for each.
func metricPlaces(path string, v any, outputs []string) ([]metricPlace, error) {
	if len(outputs) == 1 {
		return metricLeaves(path, v, 0, maxNesting), nil
	}
	var all []metricPlace
	switch v := v.(type) {
	case nil:
	case []any:
		if len(v) != len(outputs) {
			return nil, fmt.Errorf("has %d entries for %d outputs", len(v), len(outputs))
		}
		for i, one := range v {
			all = append(all, metricLeaves(fmt.Sprintf("%s[%d]", path, i), one, i, maxNesting)...)
		}
	case map[string]any:
		if v["class_name"] != nil {
			return nil, errors.New("is one metric, where Keras takes a list or an object")
		}
		for i, name := range outputs {
			all = append(all, metricLeaves(path+"."+name, v[name], i, maxNesting)...)
		}
		for name := range v {
			if !slices.Contains(outputs, name) {
				return all, fmt.Errorf("names outputs that the model doesn't have; it has %q", outputs)
			}
		}
	default:
		return nil, fmt.Errorf("%s is neither a list nor an object", show(v))
	}
	return all, nil
}

// metricLeaves are the metrics in lists and objects; those of an object in order of their names, as Keras takes them.
func metricLeaves(path string, v any, output, depth int) (all []metricPlace) {
	switch v := v.(type) {
	case nil:
		return nil
	case []any:
		if depth == 0 {
			break
		}
		for i, one := range v {
			all = append(all, metricLeaves(fmt.Sprintf("%s[%d]", path, i), one, output, depth-1)...)
		}
		return all
	case map[string]any:
		if v["class_name"] != nil || depth == 0 {
			break
		}
		names := make([]string, 0, len(v))
		for name := range v {
			names = append(names, name)
		}
		slices.Sort(names)
		for _, name := range names {
			all = append(all, metricLeaves(path+"."+name, v[name], output, depth-1)...)
		}
		return all
	}
	return []metricPlace{{placed: placed{path, v}, output: output}}
}

// metricText is the metric as one that is left out is named.
func metricText(v any) string {
	fields, _ := v.(map[string]any)
	if name, ok := fields["config"].(string); ok { // a function
		return name
	}
	if config, _ := fields["config"].(map[string]any); config["name"] != nil {
		return strings.Trim(show(config["name"]), `"`)
	}
	if class := fields["class_name"]; class != nil {
		return strings.Trim(show(class), `"`)
	}
	return strings.Trim(show(v), `"`)
}

// readMetric reads one metric and its name in Keras.
func readMetric(p placed, keras2 bool) (loss.Metric, string, error) {
	r := &report{keras2: keras2} // a problem is not the training's
	s, ok := asSerialized(p.path, p.value, metricsKind, r)
	if !ok {
		return nil, "", r.err()
	}
	if s.config == nil {
		if m, ok := loss.MetricByName(s.class); ok {
			return m, s.class, nil
		}
		if _, function := p.value.(map[string]any); function { // any of keras.losses will do, by the mean over rows
			l, err := loss.ByName(s.class)
			if _, mixes := l.(loss.Batchwise); err == nil && !mixes {
				return l, s.class, nil
			}
		}
		return nil, "", training.Problem{Path: p.path, Text: fmt.Sprintf("Keras has no metric %s", show(s.class))}
	}
	name := s.config.text("name")
	s.config.ignore("dtype")
	if keras2 && s.class == "MeanMetricWrapper" && name != "" { // of a function, which its name tells
		if m, ok := loss.MetricByName(name); ok {
			return m, name, nil
		}
	}
	m := s.config.metricOf(s.class)
	s.config.done()
	if err := r.err(); err != nil {
		return nil, "", err
	}
	if m == nil {
		return nil, "", training.Problem{Path: p.path, Text: fmt.Sprintf("the metric %s is not supported", s.class)}
	}
	if err := loss.ValidateMetrics([]loss.Metric{m}); err != nil {
		return nil, "", err
	}
	if name == "" {
		name = m.String()
	}
	return m, name, nil
}

// metricOf reads the settings of a class, nil for one that isn't here, or that Keras' compile doesn't take.
func (o *object) metricOf(class string) loss.Metric {
	if class == "MeanMetricWrapper" { // of a function, and its settings
		s, ok := o.serialized("fn", lossesKind)
		if !ok || s.config != nil || !lossesKind.knows(s.class) {
			o.problem("fn", "is not a function of Keras' own")
			return nil
		}
		l, err := loss.ByName(s.class)
		if err != nil {
			return nil
		}
		if described, ok := loss.ClassOf(l); ok {
			return described.Read(source{o}).(loss.Metric)
		}
		return nil
	}
	described, ok := loss.MetricClass(class)
	if !ok || class == "Mean" || class == "Sum" {
		return nil
	}
	return described.Read(source{o}).(loss.Metric)
}

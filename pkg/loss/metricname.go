package loss

import (
	"regexp"
	"strings"

	"example.com/unstuck/internal/codec"
)

// MetricByName returns the metric that Keras means by a string in model.compile(metrics=[…]): "accuracy", a class as it is or in
// snake case, "AUC" or "mean_io_u", or the short name of a loss, "mse"; false for anything else, and for a class that takes settings
// without which it is none.
func MetricByName(name string) (Metric, bool) {
	if name == "acc" {
		name = "accuracy"
	}
	if m, ok := metrics.Find(name); ok {
		return m, true
	}
	for _, c := range metrics.Classes() {
		if name == c.Name || name == snakeCase(c.Name) {
			m := c.Zero().(Metric)
			return m, validate(m) == nil && !required(c)
		}
	}
	l, err := ByName(name)
	if err != nil || !isMetric(l) {
		return nil, false
	}
	return l, true
}

// required tells whether a class takes a setting that has no default.
func required(c *codec.Class) bool {
	for _, s := range c.Settings {
		if s.Required {
			return true
		}
	}
	return false
}

// isMetric tells whether Keras has the loss among its metrics.
func isMetric(l Loss) bool {
	c, ok := codec.ClassOf(l)
	if !ok {
		return false
	}
	_, ok = metrics.Class(c.Name)
	return ok
}

var (
	beforeWord = regexp.MustCompile("(.)([A-Z][a-z0-9]+)")
	lowToHigh  = regexp.MustCompile("([a-z])([A-Z])")
)

// snakeCase is the name that Keras gives to what has none, "binary_io_u" for BinaryIoU.
func snakeCase(class string) string {
	return strings.ToLower(lowToHigh.ReplaceAllString(beforeWord.ReplaceAllString(class, "${1}_$2"), "${1}_$2"))
}

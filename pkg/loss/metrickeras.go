package loss

import (
	"errors"
	"fmt"
	"reflect"

	"example.com/unstuck/internal/codec"
)

// MetricKerasCode is Python that makes the same metric for Keras' model.compile(metrics=[…]): "keras.metrics.MeanAbsoluteError()".
// Of a [Reported] it is the metric under its name. One that Keras doesn't have, or doesn't take there, is an error.
func MetricKerasCode(m Metric) (string, error) {
	if r, ok := m.(Reported); ok {
		return reportedKerasCode(r)
	}
	if m == nil {
		return "", errors.New("there is no metric")
	}
	if name := metrics.NameOf(m); name != "" {
		return codec.PythonString(name), nil
	}
	call, err := metricCall(m)
	return call.String(), err
}

// reportedKerasCode says the name where the metric has another by itself.
func reportedKerasCode(r Reported) (string, error) {
	if r.Metric == nil || r.Name == "" || r.Name == r.Metric.String() {
		return MetricKerasCode(r.Metric)
	}
	if name := metrics.NameOf(r.Metric); name != "" {
		if r.Name == "acc" { // which Keras takes for the same
			name = r.Name
		}
		return codec.PythonString(name), nil // nothing gives another name to what a string stands for
	}
	call, err := metricCall(r.Metric)
	if err != nil {
		return "", err
	}
	call.Arguments = append(call.Arguments, "name="+codec.PythonString(r.Name))
	return call.String(), nil
}

func metricCall(m Metric) (codec.Call, error) {
	none := fmt.Errorf("%T: Keras has no such metric", m)
	if _, ok := m.(ofPredictions); ok {
		return codec.Call{}, fmt.Errorf("%T: Keras' compile doesn't take it: it is updated with values alone", m)
	}
	call, err := codec.Python(m)
	if err != nil {
		return call, none
	}
	for _, c := range metrics.Classes() {
		if c.Type == reflect.TypeOf(m) {
			call.Function = "keras.metrics." + c.Name
			return call, nil
		}
	}
	// Of a loss as an object, Keras would take the mean over batches.
	c, _ := codec.ClassOf(m)
	l, ok := c.Zero().(Loss)
	if !ok || losses.NameOf(l) == "" {
		return call, none
	}
	call.Function = "keras.metrics.MeanMetricWrapper"
	call.Arguments = append([]string{"keras.losses." + losses.NameOf(l)}, call.Arguments...)
	return call, nil
}

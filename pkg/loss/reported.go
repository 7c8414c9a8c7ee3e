package loss

import (
	"errors"
	"fmt"

	"github.com/gomlx/gomlx/core/graph"
)

// Reported is a metric as a training reports it: of which output, under which name, and whether by the weights of the rows.
type Reported struct {
	Metric   Metric
	Output   string // one of the model's several outputs, see nn.OutputNames; empty: the first
	Name     string // in histories; empty: the metric's own
	Weighted bool   // rows count by their sample and class weights, as in Keras' weighted_metrics; false: all count alike
}

// String is the name, of a metric with an Output "<output>_<name>", as in Keras.
func (r Reported) String() string {
	name := r.Name
	if name == "" {
		name = r.Metric.String()
	}
	if r.Output == "" {
		return name
	}
	return r.Output + "_" + name
}

// Sums implements [Accumulator] as the metric does, on the labels and predictions of the output.
func (r Reported) Sums(b Batch) *graph.Node { return r.accumulated().Sums(b) }

// Values implements [Accumulator] as the metric does.
func (r Reported) Values(sums []float64) []float64 { return r.accumulated().Values(sums) }

func (r Reported) accumulated() Accumulator {
	a, err := Accumulated(r.Metric)
	if err != nil {
		panic(err)
	}
	return a
}

// HigherIsBetter tells it as the metric does.
func (r Reported) HigherIsBetter() bool {
	h, ok := r.Metric.(HigherIsBetter)
	return ok && h.HigherIsBetter()
}

// Validate refuses what the metric refuses, and another Reported as the metric.
func (r Reported) Validate() error {
	switch m := r.Metric.(type) {
	case nil:
		return fmt.Errorf("Reported{Output: %q} has no metric", r.Output)
	case Reported:
		return errors.New("Reported within Reported: one has output, name and weights together")
	default:
		return validate(m)
	}
}

// validate refuses what is no metric, and what a metric refuses of its settings.
func validate(m Metric) error {
	if _, err := Accumulated(m); err != nil {
		return err
	}
	if v, ok := m.(interface{ Validate() error }); ok {
		return v.Validate()
	}
	return nil
}

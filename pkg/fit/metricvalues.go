package fit

import "example.com/unstuck/pkg/loss"

// metricValues puts names to the metrics of a record.
func (m *Model) metricValues(means []float64) map[string]float64 {
	if len(m.options.Metrics) == 0 {
		return nil
	}
	named := map[string]float64{}
	for i, metric := range m.options.Metrics {
		named[metric.String()] = means[i]
		if f, ok := metric.(loss.Finisher); ok {
			named[metric.String()] = f.Final(means[i])
		}
	}
	return named
}

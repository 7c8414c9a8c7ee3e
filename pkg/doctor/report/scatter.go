package report

import (
	"example.com/unstuck/pkg/doctor"
	"example.com/unstuck/pkg/figure"
)

// predictions shows what the training as given predicts over the targets; nil for more than one output.
func predictions(r *doctor.Report) figure.Figure {
	o := r.Before
	if o == nil || o.Predictions.RowSize() != 1 || r.Training.Data.Y.RowSize() != 1 {
		return nil
	}
	return figure.Scatter{
		Title:  "Predictions of the training as given over the targets",
		XLabel: "Target", YLabel: "Prediction", Diagonal: true,
		X: append(wider(r.Training.Data.Y.Values), wider(r.Training.Validation.Y.Values)...), Y: wider(o.Predictions.Values),
	}
}

// features shows each feature's standard deviation on a log axis, which one that never changes has no place on; nil for a single one,
// as pictures in grey have: its number is in the evidence, and a lone point has nothing beside it.
func features(r *doctor.Report) figure.Figure {
	if len(r.Look.FeatureDeviations) < 2 {
		return nil
	}
	s := figure.Scatter{
		Title:  "Standard deviation of each feature",
		XLabel: "Feature, by its number", YLabel: "Standard deviation", LogY: true, Counts: true,
		Y:     r.Look.FeatureDeviations,
		Marks: []figure.Reference{{Value: 1, Label: "standardized"}},
	}
	for j := range s.Y {
		s.X = append(s.X, float64(j+1))
	}
	return s
}

func wider(values []float32) []float64 {
	out := make([]float64, len(values))
	for i, v := range values {
		out[i] = float64(v)
	}
	return out
}

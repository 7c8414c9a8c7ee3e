package report

import (
	"math"

	"example.com/unstuck/pkg/doctor"
	"example.com/unstuck/pkg/figure"
)

// Figures are the loss before and after the treatment, and the plot that shows the cause where there is one.
func Figures(r *doctor.Report) []figure.Figure {
	var all []figure.Figure
	if curves, ok := Curves(r); ok {
		all = append(all, curves)
	}
	if cause := Cause(r); cause != nil {
		all = append(all, cause)
	}
	return all
}

// Curves compares the training as given with the treated one. Losses are divided by that of the best constant
// prediction, each by its own: a treatment may change the loss or the targets' scale. False when nothing could
// be run.
func Curves(r *doctor.Report) (figure.LossCurves, bool) {
	c := figure.LossCurves{
		Title: "Loss by epoch, as given and treated", YLabel: "Loss / loss of the best constant prediction",
		Marks: []figure.Reference{{Value: 1, Label: "best constant"}},
	}
	add := func(name string, o *doctor.Outcome) {
		constant := o.Constant()
		if o.History == nil || !(constant != 0) || math.IsNaN(constant) {
			return
		}
		run := figure.Run{Name: name, Train: divided(o.History.Loss(), math.Abs(constant))}
		if o.ValidationConstant() != 0 {
			run.Validation = divided(o.History.ValidationLoss(), math.Abs(o.ValidationConstant()))
		}
		c.Runs = append(c.Runs, run)
	}
	if r.Before != nil {
		add("as given", r.Before)
	}
	if r.After != nil {
		add("treated", r.After)
	}
	c.LogY = wide(c.Runs)
	return c, len(c.Runs) > 0
}

func divided(values []float64, by float64) []float64 {
	out := make([]float64, len(values))
	for i, v := range values {
		out[i] = v / by
	}
	return out
}

// wide tells whether the losses go over more than a factor of 50.
func wide(runs []figure.Run) bool {
	low, high := math.Inf(1), 0.0
	for _, run := range runs {
		for _, v := range append(run.Train, run.Validation...) {
			if v <= 0 {
				return false
			}
			if !math.IsNaN(v) && !math.IsInf(v, 0) {
				low, high = min(low, v), max(high, v)
			}
		}
	}
	return high > 50*low
}

// Cause is the one plot that shows the cause of the first finding; nil where the loss curves do.
func Cause(r *doctor.Report) figure.Figure {
	g := r.First
	switch r.Cause {
	case doctor.LearningRateTooLow, doctor.LearningRateTooHigh:
		if g != nil && len(g.Updates.Ratios) > 0 {
			return figure.UpdateRatios{Title: "Updates beside the weights, first steps as given", Layers: r.Training.LayerNames(g.Updates.Layers), Steps: g.Updates.Steps, Ratios: g.Updates.Ratios}
		}
	case doctor.VanishingGradient, doctor.ExplodingGradient, doctor.SymmetricInitialization:
		if g == nil {
			return nil
		}
		if len(g.Inputs.Norms) > 0 {
			return figure.GradientFlow{Title: "Gradient by time, first steps as given", Layers: g.Inputs.Times(), Norms: whileFinite(g.Inputs.Norms)}
		}
		return figure.GradientFlow{Title: "Gradient by layer, first steps as given", Layers: r.Training.LayerNames(g.Gradients.Layers), Norms: whileFinite(g.Gradients.Raw)}
	case doctor.DyingReLU:
		if g != nil && len(g.Saturations.Dead) > 0 {
			return figure.Saturation{Title: "First steps as given", Layers: r.Training.LayerNames(g.Saturations.Layers), Steps: g.Saturations.Steps, Dead: g.Saturations.Dead, Saturated: g.Saturations.Saturated}
		}
	case doctor.OutputRangeMismatch, doctor.LossOutputMismatch, doctor.UnscaledTargets, doctor.NoSignal, doctor.OverRegularized, doctor.TooSmallCapacity, doctor.FrozenWeights:
		return predictions(r)
	case doctor.UnscaledInputs:
		return features(r)
	}
	return nil
}

// whileFinite keeps the steps before the first at which something isn't a number.
func whileFinite(norms [][]float64) [][]float64 {
	if len(norms) == 0 {
		return norms
	}
	n := len(norms[0])
	for _, layer := range norms {
		for k, v := range layer {
			if math.IsNaN(v) || math.IsInf(v, 0) {
				n = min(n, k)
			}
		}
	}
	out := make([][]float64, len(norms))
	for i := range norms {
		out[i] = norms[i][:n]
	}
	return out
}

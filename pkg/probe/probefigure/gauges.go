package probefigure

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"example.com/unstuck/pkg/figure"
	"example.com/unstuck/pkg/fit"
	"example.com/unstuck/pkg/probe"
)

// UpdateRatios shows how far steps move each layer, beside the length of its weights; [probe.UpdateRatio] measures it.
func UpdateRatios(title string, h *fit.History) (figure.UpdateRatios, error) {
	u, err := probe.ReadUpdateRatios(h)
	if err != nil {
		return figure.UpdateRatios{}, err
	}
	u = u.ByLayer()
	return figure.UpdateRatios{Title: title, Layers: u.Layers, Steps: u.Steps, Ratios: u.Ratios}, nil
}

// GradientNorms shows the norm of each layer's gradient over the steps, as it comes from the loss; [probe.GradientNorm]
// measures it.
func GradientNorms(title string, h *fit.History) (figure.GradientNorms, error) {
	g, err := probe.ReadGradientNorms(h)
	if err != nil {
		return figure.GradientNorms{}, err
	}
	g = g.ByLayer()
	return figure.GradientNorms{Title: title, Layers: g.Layers, Steps: g.Steps, Norms: g.Raw}, nil
}

// Clipping shows the norm of one weight's gradient ("simple_rnn/recurrent_kernel") as it comes from the loss, and as the optimizer's rule gets
// it behind its transformations; limit is that of a clip, for a line, and 0 draws none. [probe.GradientNorm] measures both. It is an error
// when the model has no such weight.
func Clipping(title string, h *fit.History, weight string, limit float64) (figure.Clipping, error) {
	g, err := probe.ReadGradientNorms(h)
	if err != nil {
		return figure.Clipping{}, err
	}
	i := slices.Index(g.Layers, weight)
	if i < 0 {
		return figure.Clipping{}, fmt.Errorf("probefigure: clipping: no weight %q was measured; there are %s", weight, strings.Join(g.Layers, ", "))
	}
	return figure.Clipping{Title: title, Steps: g.Steps, Before: g.Raw[i], After: g.Applied[i], Limit: limit}, nil
}

// Dead shows the share of each hidden layer's units that were 0 for a whole batch; [probe.Saturation] measures it. The last
// layer, the output, is left out where there are others: its units are answers.
func Dead(title string, h *fit.History) (figure.Saturation, error) {
	s, err := probe.ReadSaturations(h)
	if err != nil {
		return figure.Saturation{}, err
	}
	hidden := max(1, len(s.Layers)-1)
	return figure.Saturation{Title: title, Layers: s.Layers[:hidden], Steps: s.Steps, Dead: s.Dead[:hidden]}, nil
}

// Saturated shows the share of outputs at the ends of their range, for each layer with a sigmoid or tanh;
// [probe.Saturation] measures it. Without such a layer the figure is empty.
func Saturated(title string, h *fit.History) (figure.Saturation, error) {
	s, err := probe.ReadSaturations(h)
	if err != nil {
		return figure.Saturation{}, err
	}
	f := figure.Saturation{Title: title, Steps: s.Steps}
	for i, share := range s.Saturated {
		if share != nil {
			f.Layers, f.Saturated = append(f.Layers, s.Layers[i]), append(f.Saturated, share)
		}
	}
	return f, nil
}

// Outputs shows how the outputs of a layer spread, step by step; a [probe.Histogram] of [probe.Outputs] measures it. A layer that
// isn't among those gives an empty figure.
func Outputs(title string, h *fit.History, layer string) (figure.Histograms, error) {
	d, err := probe.ReadHistograms(h, probe.Outputs)
	if err != nil {
		return figure.Histograms{}, err
	}
	return figure.Histograms{
		Title: title, YLabel: "Outputs of " + layer, Steps: d.Steps, Edges: d.Edges, Counts: d.Layer(layer),
	}, nil
}

// Overview puts the loss and all of the above that was measured on one page; facts stand below the title: model, optimizer,
// seed. The loss has a log axis where it goes over more than two decades.
func Overview(title string, h *fit.History, facts ...string) figure.Overview {
	o := figure.Overview{
		Title: title, Facts: facts,
		Loss: figure.LossCurves{
			LogY: decades(h.Loss()) > 2,
			Runs: []figure.Run{{Name: "loss", Train: h.Loss(), Validation: h.ValidationLoss()}},
		},
	}
	if g, err := GradientNorms("", h); err == nil {
		o.Gradients = g
	}
	if u, err := UpdateRatios("", h); err == nil {
		o.Updates = u
	}
	if d, err := Dead("", h); err == nil {
		o.Dead = d
	}
	return o
}

// decades is how many powers of ten lie between the lowest and the highest of the positive values.
func decades(values []float64) float64 {
	low, high := math.Inf(1), 0.0
	for _, v := range values {
		if v > 0 && !math.IsInf(v, 0) {
			low, high = min(low, v), max(high, v)
		}
	}
	if high == 0 {
		return 0
	}
	return math.Log10(high / low)
}

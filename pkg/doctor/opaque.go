package doctor

import (
	"fmt"
	"math"
	"slices"

	"example.com/unstuck/pkg/nn"
)

// opaque tells whether some layer of a model is a function, in which nothing can be changed from outside.
func opaque(model nn.Layer) bool {
	return hasLayer(model, func(l nn.Layer) bool { _, is := l.(nn.Func); return is })
}

// seenInside adds what the probes saw in a model function of a training that doesn't learn: what is wrong inside is told, and can't be
// treated from outside. Where nothing was proved it comes first.
func (e *examination) seenInside() {
	p, r := e.patient, e.report
	if p.first == nil || r.Cause == Healthy || r.Cause == LookAtTheLoop || r.Cause == NoSignal || !opaque(p.Training.Model) {
		return
	}
	var seen []Finding
	add := func(rule *Rule, s Symptom, advice string) {
		if slices.ContainsFunc(r.Findings, func(f Finding) bool { return f.Cause == rule.Cause }) {
			return
		}
		f := Finding{Rule: rule, Cause: rule.Cause, Symptoms: []Symptom{s}, Before: math.NaN(), After: math.NaN(),
			Treatment: Treatment{Text: "seen, not treated, for the model is a function that can't be changed from outside: " + advice}}
		if p.Before != nil {
			f.Before = p.Before.Explained
		}
		seen = append(seen, f)
	}
	if steepest := largestGradient.of(p); firstPassBreaks.of(p) || explodes(p) && !thrown(p) {
		s := Symptom{Gauge: "largest norm of the gradient in the first steps", Got: steepest, Limit: fmt.Sprintf("below %g", explodingGradient),
			Text: fmt.Sprintf("gradients reach a norm of %.3g in the first steps", steepest)}
		if firstPassBreaks.of(p) {
			s.Text = "the loss is no number before the first step: the first forward pass overflows"
		}
		add(explodingGradients, s, "scale its initial weights to the layers' sizes, and bound or normalize what it gives from layer to layer")
	} else if flow := gradientFlow.of(p); math.IsInf(flow, 1) {
		add(dyingReLU, Symptom{Gauge: "gradient of the first layer", Got: 0, Limit: "above 0",
			Text: "the gradient of the first layer is exactly 0, as where relu units behind it are off for every row"}, "default initial weights and biases, or leaky_relu in place of relu")
	} else if vanishes(p) {
		add(vanishingGradient, vanishing(p), "relu in place of sigmoid and tanh, initial weights scaled to the layers' sizes, or a normalization between layers")
	}
	if share := deadUnits.of(p); share.value >= deadShare {
		add(dyingReLU, share.dead("units that are 0 for every row", ""), "default initial weights and biases, or leaky_relu in place of relu")
	}
	if len(seen) == 0 {
		return
	}
	if len(r.Findings) == 0 || !r.Findings[0].Verified {
		r.Findings, r.Cause = append(seen, r.Findings...), seen[0].Cause
		return
	}
	r.Findings = append(r.Findings, seen...)
}

package doctor

import (
	"errors"
	"fmt"
	"math"

	"example.com/unstuck/pkg/fit"
)

// HistoryFacts is what may be told about a finished training besides its history.
type HistoryFacts struct {
	Constant float64 // loss of the best constant prediction, see loss.BestConstant; 0: not known
}

// ExamineHistory reads a finished training without its model and data. Nothing can be tried, so no finding is
// verified and fewer causes can be told apart; what probes read (fit.Options.Probes) is used where it is
// there. For a proof give the whole case to [Examine].
//
// It is an error when the history holds no epoch.
func ExamineHistory(h *fit.History, facts HistoryFacts) (*Report, error) {
	if h == nil || len(h.Epochs) == 0 {
		return nil, errors.New("doctor: the history holds no epoch")
	}
	r := &Report{First: gaugesOf(h), Before: &Outcome{History: h}, Look: Look{Constant: facts.Constant}}
	r.Before.unknown(h, facts)
	r.Remark = "Told from the history alone, nothing was tried: without model and data, causes in the data, the last layer and the initial weights can't be seen."
	for _, read := range historyReaders {
		if rule, symptom := read(h, r.First, facts); rule != nil {
			r.Findings = append(r.Findings, Finding{Rule: rule, Cause: rule.Cause, Confidence: 0.4, Symptoms: []Symptom{symptom},
				Treatment: historyTreatments[rule.Cause], Before: r.Before.Explained, After: math.NaN()})
			r.Symptoms = append(r.Symptoms, CauseSymptom{Cause: rule.Cause, Strength: Likely, Symptom: symptom})
		}
	}
	r.Cause = Healthy
	if len(r.Findings) > 0 {
		r.Cause = r.Findings[0].Cause
	}
	return r, nil
}

// unknown fills in what is measured elsewhere, as far as a history tells.
func (o *Outcome) unknown(h *fit.History, facts HistoryFacts) {
	losses := h.Loss()
	o.Loss, o.ValidationLoss = losses[len(losses)-1], math.NaN()
	o.Explained, o.Progress, o.ValidationExplained, o.ValidationProgress = math.NaN(), math.NaN(), math.NaN(), math.NaN()
	o.constant, o.validationConstant = math.NaN(), math.NaN()
	if facts.Constant != 0 {
		s := yardstick{constant: facts.Constant}
		o.constant, o.Explained, o.Progress = facts.Constant, s.explained(o.Loss), s.progress(o.Loss)
	}
	if v := h.ValidationLoss(); len(v) > 0 {
		o.ValidationLoss = v[len(v)-1]
	}
}

// historyReaders go from the most to the least telling; each names at most one cause.
var historyReaders = []func(*fit.History, *Gauges, HistoryFacts) (*Rule, Symptom){
	lostHistory, gaugedHistory, memorizedHistory, flatHistory,
}

// lostHistory looks for the step at which the loss stopped being a number.
func lostHistory(h *fit.History, _ *Gauges, _ HistoryFacts) (*Rule, Symptom) {
	for i, v := range h.Steps {
		if x := float64(v); math.IsNaN(x) || math.IsInf(x, 0) {
			s := Symptom{Gauge: "first step without a finite loss", Got: float64(i + 1), Limit: "none", Text: fmt.Sprintf("the loss is %v at step %d", v, i+1)}
			if i > 0 && float64(h.Steps[i-1]) > 2*float64(h.Steps[0]) {
				return learningRateTooHigh, s // it grew before
			}
			return nonFiniteData, s
		}
	}
	if losses := h.Loss(); math.IsNaN(losses[len(losses)-1]) {
		return nonFiniteData, Symptom{Gauge: "loss of the last epoch", Got: math.NaN(), Limit: "a number", Text: "the loss ends as NaN"}
	}
	return nil, Symptom{}
}

// gaugedHistory uses what probes read, where the loss has not moved.
func gaugedHistory(h *fit.History, g *Gauges, _ HistoryFacts) (*Rule, Symptom) {
	if !stuckHistory(h) {
		return nil, Symptom{}
	}
	if share, layer := g.dead(); share >= deadShare {
		return dyingReLU, Symptom{Gauge: "units that are 0 for every row", Got: share, Limit: fmt.Sprintf("below %g", deadShare),
			Text: fmt.Sprintf("%.0f%% of the units of %s are 0 for every row", 100*share, layer)}
	}
	if ratio := g.updateRatio(); ratio < lowUpdate {
		return learningRateTooLow, Symptom{Gauge: "update-to-weight ratio, median", Got: ratio, Limit: "1e-4 to 1e-2", Text: fmt.Sprintf("an update changes the weights by %.2g of their size", ratio)}
	}
	if steepest := g.steepest(); steepest > explodingGradient {
		return explodingGradients, Symptom{Gauge: "largest norm of the gradient", Got: steepest, Limit: fmt.Sprintf("below %g", explodingGradient), Text: fmt.Sprintf("gradients reach a norm of %.3g", steepest)}
	}
	if g.flow() > vanishingFlow || g.reach() < vanishingReach {
		return vanishingGradient, g.vanishing()
	}
	return nil, Symptom{}
}

// memorizedHistory compares the last validation loss with the best one.
func memorizedHistory(h *fit.History, _ *Gauges, _ HistoryFacts) (*Rule, Symptom) {
	validation, train := h.ValidationLoss(), h.Loss()
	if len(validation) < 2 || stuckHistory(h) {
		return nil, Symptom{}
	}
	best, at := validation[0], 0
	for i, v := range validation {
		if v < best {
			best, at = v, i
		}
	}
	last := validation[len(validation)-1]
	if rise := last / best; at < len(validation)-1 && rise > 1.2 && train[len(train)-1] < train[at] {
		return overfitting, Symptom{Gauge: "last validation loss over the lowest", Got: rise, Limit: "below 1.2",
			Text: fmt.Sprintf("the validation loss was lowest, %.4g, in epoch %d and rose to %.4g while the training loss fell", best, at+1, last)}
	}
	return nil, Symptom{}
}

// flatHistory tells a loss that moves slowly from one that doesn't move at all.
func flatHistory(h *fit.History, g *Gauges, facts HistoryFacts) (*Rule, Symptom) {
	losses := h.Loss()
	first, last := losses[0], losses[len(losses)-1]
	fall := (first - last) / math.Abs(first)
	s := Symptom{Gauge: "fall of the loss, first to last epoch", Got: fall, Limit: "above 0.1", Text: fmt.Sprintf("the loss went from %.6g to %.6g", first, last)}
	rule, _ := gaugedHistory(h, g, facts)
	switch {
	case !stuckHistory(h) || len(losses) < 2 || rule != nil || !(fall == fall):
		return nil, s
	case fall < -0.5:
		return learningRateTooHigh, s
	case facts.Constant != 0 && math.Abs(last/facts.Constant-1) < 0.05:
		s.Text += fmt.Sprintf("; the best constant prediction has %.6g", facts.Constant)
		return noSignalRule, s
	case stillFalling(h.Steps):
		return learningRateTooLow, s
	case fall == 0:
		return lossOutputMismatch, s
	}
	return nil, s
}

// historyTreatments are what to try first where nothing can be tried here.
var historyTreatments = map[Cause]Treatment{
	LearningRateTooLow:  {Text: "a learning rate 10 to 1000 times as large", Go: "optimizer.WithRate(10 * rate)", Keras: "learning_rate=10 * rate"},
	LearningRateTooHigh: {Text: "a learning rate a tenth to a thousandth as large", Go: "optimizer.WithRate(rate / 10)", Keras: "learning_rate=rate / 10"},
	NonFiniteData:       dropNonFinite,
	DyingReLU:           leakyForReLU,
	ExplodingGradient:   clipNorm,
	VanishingGradient:   reluForSquashing,
	Overfitting:         stopEarly,
	LossOutputMismatch:  {Text: "check that the last layer, the loss and the targets belong together"},
	NoSignal:            {Text: "find inputs that have to do with the targets, or hand the case to Examine"},
}

// stuckHistory tells whether a loss has fallen by less than a tenth, or is no number.
func stuckHistory(h *fit.History) bool {
	losses := h.Loss()
	if len(losses) == 0 {
		return false
	}
	first, last := losses[0], losses[len(losses)-1]
	return !(last < first-0.1*math.Abs(first))
}

package doctor

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"

	"example.com/unstuck/internal/exponent"
	"example.com/unstuck/pkg/fit"
)

// Undecided is the verdict where a training is stuck, or looks so, and what was given doesn't tell why. It names no
// cause, and so has no page among the causes.
const Undecided Cause = "undecided"

// HistoryFacts is what may be told about a finished training besides its history.
type HistoryFacts struct {
	Constant float64 // loss of the best constant prediction, see loss.BestConstant; 0 or not finite: not known
}

// ExamineHistory reads a finished training without its model and data: it says what the curve shows, what it can't show,
// and what would settle it. Nothing can be tried, so no finding is verified and fewer causes can be told apart; what
// probes read (fit.Options.Probes) is used where it is there. For a proof give the whole training to [Examine].
//
// The verdict is a cause where the history speaks for one, [Healthy] for a loss that fell and shows no fault, and
// [Undecided] for everything else: never healthy are a loss that is flat, rose or swings, one that explains less than
// half of what the best constant prediction leaves, where that is known, and one whose validation loss doesn't fall
// with it.
//
// It is an error when the history holds no epoch.
func ExamineHistory(h *fit.History, facts HistoryFacts) (*Report, error) {
	if h == nil || len(h.Epochs) == 0 {
		return nil, errors.New("doctor: the history holds no epoch")
	}
	if !finite(facts.Constant) {
		facts.Constant = 0
	}
	r := &Report{First: gaugesOf(h), Before: &Outcome{History: h}, Look: Look{Constant: facts.Constant}}
	r.Before.unknown(h, facts)
	for _, read := range historyReaders {
		if rule, symptom := read(h, r.First, facts); rule != nil {
			symptom.Text, symptom.Limit = exponent.Short(symptom.Text), exponent.Short(symptom.Limit)
			r.Findings = append(r.Findings, Finding{Rule: rule, Cause: rule.Cause, Symptoms: []Symptom{symptom},
				Treatment: historyTreatments[rule.Cause], Before: r.Before.Explained, After: math.NaN()})
			r.Symptoms = append(r.Symptoms, CauseSymptom{Cause: rule.Cause, Strength: Likely, Symptom: symptom})
		}
	}
	loss := curveOf(h.Loss())
	switch {
	case len(r.Findings) > 0:
		r.Cause = r.Findings[0].Cause
	case loss.fell() && !loss.swings() && !(r.Before.Explained < healthyAt) && followed(h.ValidationLoss()):
		r.Cause = Healthy
	default:
		r.Cause = Undecided
	}
	r.Remark = historyRemark(h, loss, facts)
	r.FromHistory = true
	return r, nil
}

// followed reports whether a validation loss goes down as the training loss does; true where there is none.
func followed(validation []float64) bool {
	return len(validation) == 0 || curveOf(validation).fell()
}

// historyRemark says what the curves show, what they can't, and what would settle it.
func historyRemark(h *fit.History, loss curve, facts HistoryFacts) string {
	texts := []string{capitalized(loss.describe("the loss")) + "."}
	if at := firstLost(h.Steps); at >= 0 {
		texts = append(texts, fmt.Sprintf("It is no finite number from step %d on: either it grew beyond all bounds before, or such numbers are in the data or in what the first weights make of them.", at+1))
	} else if len(loss.losses) > 1 && loss.first() == loss.last() {
		texts = append(texts, "Not a digit has moved: no weight that matters did.")
	}
	if v := h.ValidationLoss(); len(v) > 0 {
		texts = append(texts, capitalized(curveOf(v).describe("the validation loss"))+".")
	}
	if c := facts.Constant; c != 0 && finite(loss.last()) && math.Abs(loss.last()/c-1) < constantNear {
		texts = append(texts, fmt.Sprintf("It ends at the loss of the best constant prediction, %.6g: the model does no better than one answer for every row. Whether the inputs hold more can't be told from a curve.", c))
	} else if c != 0 && loss.last() > c {
		texts = append(texts, fmt.Sprintf("It ends above the loss of the best constant prediction, %.6g: one answer for every row does better.", c))
	}
	texts = append(texts, "From the history alone, nothing was tried: causes in the data, the last layer and the initial weights can't be seen. The whole training, model and data, would settle it.")
	return strings.Join(texts, " ")
}

// firstLost is the first step whose loss is no finite number, −1 when there is none.
func firstLost(steps []float32) int {
	return slices.IndexFunc(steps, func(x float32) bool { return !finite(float64(x)) })
}

// constantNear is how near a loss must be to the best constant's to be called the same.
const constantNear = 0.05

func capitalized(text string) string { return strings.ToUpper(text[:1]) + text[1:] }

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
			return nil, s
		}
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
		return vanishingGradient, vanishingSymptom(g.flow(), g.reach())
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

// flatHistory looks for a loss that went up instead of down. That one moves too slowly only probes can tell.
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
	}
	return nil, s
}

// historyTreatments are what to try first where nothing can be tried here.
var historyTreatments = map[Cause]Treatment{
	LearningRateTooLow:  {Text: "a learning rate 10 to 1000 times as large"},
	LearningRateTooHigh: {Text: "a learning rate a tenth to a thousandth as large"},
	DyingReLU:           leakyForReLU,
	ExplodingGradient:   clipNorm,
	VanishingGradient:   reluForSquashing,
	Overfitting:         stopEarly,
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

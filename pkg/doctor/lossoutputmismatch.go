package doctor

import (
	"fmt"
	"math"

	"github.com/gomlx/gomlx/core/graph"

	"example.com/unstuck/pkg/dataset"
	"example.com/unstuck/pkg/loss"
	"example.com/unstuck/pkg/nn"
)

// lossOutputMismatch suspects a loss, a last layer and targets that don't belong together.
var lossOutputMismatch = &Rule{
	Cause:           LossOutputMismatch,
	Doc:             "The loss, the last layer and the targets' encoding don't belong together.",
	Source:          "Keras' documentation of its probabilistic losses: what from_logits, units and labels must be",
	Requires:        all(targetsByOutput),
	fromDescription: true,
	Suspect: func(p *Patient) *Suspicion {
		s := &Suspicion{Strength: Strong}
		var each []Treatment
		for _, o := range targetsByOutput.of(p) {
			if b, is := o.Loss.(loss.Broadcast); is {
				s.Symptoms = append(s.Symptoms, broadcastSymptom(o))
				each = append(each, matchTargets(o, b))
				continue
			}
			h := o.head
			if !o.headed || o.Loss == nil { // it wasn't read
				continue
			}
			if why, got := mismatch(p, o, h); why != "" {
				s.noLoss = s.noLoss || isSparse(o.Loss) && len(strangers(o.Targets, h.units)) > 0
				s.Symptoms = append(s.Symptoms, Symptom{Gauge: "last layer, loss and targets", Got: got, Limit: "belong together", Text: o.of() + why})
				proper := properHead(o, h, p.lossName, p.Training.OfTorch())
				stray := p.strayLabels(o, h.classes(o.Loss))
				if len(stray) > 0 && s.Treatments == nil {
					s.Treatments, proper = append(stray, proper), stray[0]
				}
				each = append(each, proper)
			} else if text, got, treatment := p.heldStrangers(o, h); text != "" {
				s.noLoss = true
				s.Symptoms = append(s.Symptoms, Symptom{Gauge: "last layer, loss and targets of the validation rows", Got: got, Limit: "belong together", Text: o.of() + text})
				each = append(each, treatment)
			}
		}
		if each == nil {
			return nil
		}
		if len(each) > 1 || s.Treatments == nil {
			s.Treatments = []Treatment{together(each)}
		}
		return s
	},
}

// mismatch says what doesn't fit, and a number that shows it; empty: all fits.
func mismatch(p *Patient, o output, h head) (why string, got float64) {
	name := h.name()
	low, high := h.bounds()
	_, softmax := h.activation.(nn.Softmax)
	logits, crossentropy := fromLogits(o.Loss)
	_, binary := o.Loss.(loss.BinaryCrossentropy)
	_, categorical := o.Loss.(loss.CategoricalCrossentropy)
	bySign, fit := signed(o)
	sparse, kind := isSparse(o.Loss), o.encoding()
	t := o.ofPlaces()
	numbers := h.units > 1 && o.size() == 1 && t.isClasses() // one class number a row, or for each place in it
	ahead, aheadLow, aheadHigh := h.ahead != nil && (softmax || low >= 0 && high <= 1), 0.0, 0.0
	if ahead {
		aheadLow, aheadHigh = nn.Bounds(h.ahead)
	}
	switch {
	case softmax && h.units == 1:
		return "softmax over a single unit is 1 for every input: the output is constant and no gradient passes", 1
	case kind == severalLabels && (softmax || categorical):
		return fmt.Sprintf("rows have none or several of %d labels, but %s lets one be likely at the cost of the others: each label is a question of its own", o.size(), firstOf(softmax, "softmax", p.lossName(o.Loss))), float64(o.size())
	case crossentropy && logits && (softmax || low >= 0 && high <= 1):
		return fmt.Sprintf("the loss takes logits, the last layer's %s gives probabilities already: they are squashed twice", name), 2
	case crossentropy && logits && low >= 0:
		return fmt.Sprintf("the loss takes logits, the last layer's %s cuts off those below 0: a class that got there has no gradient any more", name), 0
	case crossentropy && logits && high-low < narrowLogits:
		return fmt.Sprintf("the loss takes logits, the last layer's %s keeps them between %g and %g: no row can be told for sure", name, low, high), high - low
	case crossentropy && !logits && ahead && (aheadLow >= 0 || aheadHigh-aheadLow < narrowLogits):
		does := "cuts off what is below 0, and the gradient with it"
		if aheadHigh-aheadLow < narrowLogits {
			does = fmt.Sprintf("leaves numbers between %g and %g, which are squashed a second time", aheadLow, aheadHigh)
		}
		return fmt.Sprintf("%s ahead of %s %s", activationName(h.ahead), name, does), aheadLow
	case fromLogarithms(o.Loss) && !isLogSoftmax(h.activation):
		return fmt.Sprintf("the loss takes logarithms of probabilities, as LogSoftmax gives them, the last layer has %s", name), high
	case crossentropy && !logits && !fromLogarithms(o.Loss) && !(low >= 0 && high <= 1):
		return fmt.Sprintf("%s takes probabilities, the last layer's %s gives values outside 0 to 1", p.lossName(o.Loss), name), high
	case categorical && !logits && !softmax && h.units > 1 && h.maker == nil:
		return fmt.Sprintf("%s takes shares that sum to 1, the last layer's %s gives each class one of its own", p.lossName(o.Loss), name), high
	case bySign && low >= 0:
		return fmt.Sprintf("%s goes by the sign of a number, the last layer's %s gives none below 0", p.lossName(o.Loss), name), low
	case bySign && !fit:
		return fmt.Sprintf("%s takes labels −1 and 1, the targets go from %.4g to %.4g", p.lossName(o.Loss), t.TargetMin, t.TargetMax), t.TargetMax
	case binary && (t.TargetMin < 0 || t.TargetMax > 1):
		return fmt.Sprintf("%s takes targets from 0 to 1, these reach from %.4g to %.4g: the loss has no lower bound", p.lossName(o.Loss), t.TargetMin, t.TargetMax), t.TargetMax
	case sparse && !t.WholeTargets:
		return fmt.Sprintf("%s takes class numbers, the targets have fractions or are negative (from %.4g to %.4g)%s", p.lossName(o.Loss), t.TargetMin, t.TargetMax, foundAt(o, h.units)), t.TargetMin
	case sparse && t.TargetMax >= float64(h.units):
		return fmt.Sprintf("the largest class number is %.4g, but %d outputs stand for classes 0 to %d%s", t.TargetMax, h.units, h.units-1, foundAt(o, h.units)), t.TargetMax
	case numbers && (pairwise(o.Loss) || !compares(o, h)):
		return fmt.Sprintf("%d outputs are compared with one class number a row by %s", h.units, p.lossName(o.Loss)), float64(h.units)
	case h.units == 1 && o.size() > 1 && !sparse && !compares(o, h):
		return fmt.Sprintf("one output is compared with %d targets a row by %s: each of them pulls at the same number, which learns their mean at best", o.size(), p.lossName(o.Loss)), float64(o.size())
	case softmax && !crossentropy && !numbers && (t.TargetMin < 0 || t.TargetMax > 1 || !t.WholeTargets) && p.outsideShare(o, h) > 0:
		return fmt.Sprintf("softmax gives shares that sum to 1, the targets are numbers from %.4g to %.4g", t.TargetMin, t.TargetMax), t.TargetMax
	}
	return "", 0
}

// narrowLogits is a range of logits in which no probability comes near 0 or 1: e³/(1+e³) is 0.95.
const narrowLogits = 6

func firstOf(first bool, a, b string) string {
	if first {
		return a
	}
	return b
}

// isSparse tells whether a loss takes class numbers, of which those that are no class have no loss. Where some are ignored they
// needn't be classes.
func isSparse(l loss.Loss) bool {
	s, is := l.(loss.SparseCategoricalCrossentropy)
	return is && s.Ignore == nil
}

// compares tells whether the loss takes targets of their shape with so many outputs: some take class numbers.
func compares(o output, h head) bool {
	exec, err := graph.NewExec(pureGo(), func(y, p *graph.Node) *graph.Node { return o.Loss.PerRow(y, p) })
	if err != nil {
		return false
	}
	defer exec.Finalize()
	rows := min(2, o.Targets.Rows())
	shape := []int{rows, h.units}
	if o.places > 1 {
		shape = append([]int{rows}, o.prediction...)
	}
	_, err = callLoss(exec, o.Targets.Range(0, rows), dataset.Array{Shape: shape, Values: make([]float32, sizeOf(shape))})
	return err == nil
}

// outsideShare is the share of targets that the last activation cannot reach.
func (p *Patient) outsideShare(o output, h head) float64 {
	low, high := h.bounds()
	tolerance := 0.02 * o.look.TargetScale
	y := o.Targets.Range(0, p.Training.TrainRows()).Values
	n := 0
	for _, v := range y {
		if x := float64(v); x < low-tolerance || x > high+tolerance {
			n++
		}
	}
	if math.IsInf(low, -1) && math.IsInf(high, 1) {
		return 0
	}
	return float64(n) / float64(len(y))
}

func isLogSoftmax(a nn.Activation) bool {
	_, is := a.(nn.LogSoftmax)
	return is
}

func plural(n int, word string) string {
	if n == 1 {
		return word
	}
	return word + "s"
}

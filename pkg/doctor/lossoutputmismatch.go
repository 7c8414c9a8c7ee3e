package doctor

import (
	"fmt"
	"math"
	"strings"

	"github.com/gomlx/gomlx/core/graph"

	"example.com/unstuck/pkg/dataset"
	"example.com/unstuck/pkg/loss"
	"example.com/unstuck/pkg/nn"
	"example.com/unstuck/pkg/training"
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
			h, ok := headOf(p.Training.Model, o.At)
			if !ok || o.Loss == nil { // it wasn't read
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
	name := activationName(h.activation)
	low, high := nn.Bounds(h.activation)
	_, softmax := h.activation.(nn.Softmax)
	logits, crossentropy := fromLogits(o.Loss)
	_, binary := o.Loss.(loss.BinaryCrossentropy)
	sparse := isSparse(o.Loss)
	t := o.ofPlaces()
	numbers := h.units > 1 && o.size() == 1 && t.isClasses() // one class number a row, or for each place in it
	switch {
	case softmax && h.units == 1:
		return "softmax over a single unit is 1 for every input: the output is constant and no gradient passes", 1
	case crossentropy && logits && (softmax || low >= 0 && high <= 1):
		return fmt.Sprintf("the loss takes logits, the last layer's %s gives probabilities already: they are squashed twice", name), 2
	case crossentropy && logits && isReLU(h.activation):
		return fmt.Sprintf("the loss takes logits, the last layer's %s cuts off those below 0: a class that got there has no gradient any more", name), 0
	case fromLogarithms(o.Loss) && !isLogSoftmax(h.activation):
		return fmt.Sprintf("the loss takes logarithms of probabilities, as LogSoftmax gives them, the last layer has %s", name), high
	case crossentropy && !logits && !fromLogarithms(o.Loss) && !(low >= 0 && high <= 1):
		return fmt.Sprintf("%s takes probabilities, the last layer's %s gives values outside 0 to 1", p.lossName(o.Loss), name), high
	case binary && (t.TargetMin < 0 || t.TargetMax > 1):
		return fmt.Sprintf("%s takes targets from 0 to 1, these reach from %.4g to %.4g: the loss has no lower bound", p.lossName(o.Loss), t.TargetMin, t.TargetMax), t.TargetMax
	case sparse && !t.WholeTargets:
		return fmt.Sprintf("%s takes class numbers, the targets have fractions or are negative (from %.4g to %.4g)%s", p.lossName(o.Loss), t.TargetMin, t.TargetMax, foundAt(o, h.units)), t.TargetMin
	case sparse && t.TargetMax >= float64(h.units):
		return fmt.Sprintf("the largest class number is %.4g, but %d outputs stand for classes 0 to %d%s", t.TargetMax, h.units, h.units-1, foundAt(o, h.units)), t.TargetMax
	case numbers && !compares(o, h):
		return fmt.Sprintf("%d outputs are compared with one class number a row by %s", h.units, p.lossName(o.Loss)), float64(h.units)
	case softmax && !crossentropy && !numbers && (t.TargetMin < 0 || t.TargetMax > 1 || !t.WholeTargets) && p.outsideShare(o, h) > 0:
		return fmt.Sprintf("softmax gives shares that sum to 1, the targets are numbers from %.4g to %.4g", t.TargetMin, t.TargetMax), t.TargetMax
	}
	return "", 0
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

// properHead gives the targets the last layer and the loss that suit them. Of PyTorch a loss that it has no class for takes logits.
func properHead(o output, h head, name func(loss.Loss) string, ofTorch bool) Treatment {
	outputs := o.size()
	units, activation, l := outputs, nn.Activation(nil), loss.Loss(loss.MSE{})
	shift, scale := 0.0, 1.0
	t := o.ofPlaces()
	_, crossentropy := fromLogits(o.Loss)
	_, categorical := o.Loss.(loss.CategoricalCrossentropy)
	given, binary := o.Loss.(loss.BinaryCrossentropy)
	within := t.TargetMin >= 0 && t.TargetMax <= 1
	switch {
	case !crossentropy && h.units == outputs:
		l = o.Loss
	case categorical && outputs > 1:
		activation, l = nn.Softmax{}, loss.CategoricalCrossentropy{}
	case binary && within:
		activation, l = nn.Sigmoid{}, loss.BinaryCrossentropy{CutLogarithms: given.CutLogarithms}
	case t.Distinct == 2 && outputs == 1: // two classes, whatever they are called
		activation, l = nn.Sigmoid{}, loss.BinaryCrossentropy{}
		shift, scale = t.TargetMin, t.TargetMax-t.TargetMin
		if _, sparse := o.Loss.(loss.SparseCategoricalCrossentropy); sparse && h.units >= 2 {
			units, activation, l = 2, nn.Softmax{}, loss.SparseCategoricalCrossentropy{}
		}
	case t.isClasses():
		shift = t.TargetMin
		units, activation, l = int(t.TargetMax-t.TargetMin)+1, nn.Softmax{}, loss.SparseCategoricalCrossentropy{}
	}
	l, activation = onLogits(o.Loss, withOptions(o.Loss, l, units == h.units), activation)
	if code, err := loss.TorchCode(l, 2); ofTorch && (err != nil || !strings.HasPrefix(code.Function, "nn.")) {
		l, activation = onLogits(loss.BinaryCrossentropy{FromLogits: true}, l, activation)
	}
	text := o.of() + fmt.Sprintf("give the last layer %d %s with %s activation, and train with %s", units, plural(units, "unit"), activationName(activation), name(l))
	recode := shift != 0 || scale != 1
	switch {
	case recode && scale == 1 && isSparse(o.Loss) && h.units == units && nn.ActivationName(h.activation) == nn.ActivationName(activation):
		text = o.of() + fmt.Sprintf("number the classes from 0: targets y → y − %.4g", shift)
	case recode && scale == 1:
		text += fmt.Sprintf(", on targets y → y − %.4g", shift)
	case recode:
		text += fmt.Sprintf(", on targets y → (y − %.4g) / %.4g", shift, scale)
	}
	return Treatment{Text: text, Apply: func(c training.Training) (training.Training, error) {
		var err error
		if c.Model, err = withHead(c.Model, o.At, units, activation); err != nil {
			return c, err
		}
		c = c.WithLoss(o.At, l)
		if recode {
			return c.Prepare(training.Recode{Output: o.At, Shift: shift, Scale: scale})
		}
		return c, nil
	}}
}

// outsideShare is the share of targets that the last activation cannot reach.
func (p *Patient) outsideShare(o output, h head) float64 {
	low, high := nn.Bounds(h.activation)
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

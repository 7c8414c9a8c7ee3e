package doctor

import (
	"fmt"
	"strings"

	"example.com/unstuck/pkg/loss"
	"example.com/unstuck/pkg/nn"
	"example.com/unstuck/pkg/training"
)

// properHead gives the targets the last layer and the loss that suit them. Of PyTorch a loss that it has no class for takes logits.
func properHead(o output, h head, name func(loss.Loss) string, ofTorch bool) Treatment {
	units, activation, l := o.size(), nn.Activation(nil), loss.Loss(loss.MSE{})
	shift, scale := 0.0, 1.0
	t := o.ofPlaces()
	_, crossentropy := fromLogits(o.Loss)
	_, categorical := o.Loss.(loss.CategoricalCrossentropy)
	given, binary := o.Loss.(loss.BinaryCrossentropy)
	_, softmax := h.activation.(nn.Softmax)
	bySign, _ := signed(o)
	ofClasses := crossentropy || bySign || softmax // of which the last layer or the loss speaks
	several := h.units > 1 && o.size() == 1
	kind := o.encoding()
	classes, named := o.classNames()
	switch {
	case kind == severalLabels && ofClasses:
		activation, l = nn.Sigmoid{}, loss.BinaryCrossentropy{CutLogarithms: given.CutLogarithms}
	case kind == oneOfSeveral && (categorical || bySign):
		activation, l = nn.Softmax{}, loss.CategoricalCrossentropy{}
	case categorical && units > 1:
		activation, l = nn.Softmax{}, loss.CategoricalCrossentropy{}
	case binary && t.TargetMin >= 0 && t.TargetMax <= 1:
		activation, l = nn.Sigmoid{}, loss.BinaryCrossentropy{CutLogarithms: given.CutLogarithms}
	case several && ofClasses && t.isClasses() && t.TargetMax < float64(h.units): // the last layer has a unit for each class already
		units, activation, l = h.units, nn.Softmax{}, loss.SparseCategoricalCrossentropy{}
	case t.Distinct == 2 && ofClasses && (units == 1 || binary || bySign): // two classes, whatever they are called
		activation, l = nn.Sigmoid{}, loss.BinaryCrossentropy{}
		shift, scale = t.TargetMin, t.TargetMax-t.TargetMin
		if _, sparse := o.Loss.(loss.SparseCategoricalCrossentropy); sparse && h.units >= 2 {
			units, activation, l = 2, nn.Softmax{}, loss.SparseCategoricalCrossentropy{}
		}
	case binary && t.grayValues():
		activation, l, scale = nn.Sigmoid{}, loss.BinaryCrossentropy{}, brightest
	case !crossentropy && !bySign && !several && (h.units == units || h.units == 1):
		l = o.Loss
	case ofClasses && named || several && named:
		units, activation, l = classes.count, nn.Softmax{}, loss.SparseCategoricalCrossentropy{}
		shift, scale = classes.first, classes.step
	}
	l, activation = onLogits(o.Loss, withOptions(o.Loss, l, units == h.units), activation)
	if code, err := loss.TorchCode(l, 2); ofTorch && (err != nil || !strings.HasPrefix(code.Function, "nn.")) {
		l, activation = onLogits(loss.BinaryCrossentropy{FromLogits: true}, l, activation)
	}
	text := fmt.Sprintf("%s, and train with %s", h.change(units, activation), name(l))
	recode := shift != 0 || scale != 1
	asItIs := !h.other && h.units == units && h.ahead == nil && nn.ActivationName(h.activation) == nn.ActivationName(activation)
	switch {
	case recode && asItIs && isSparse(o.Loss):
		text = "number the classes from 0: " + recodeText(shift, scale)
	case recode:
		text += ", on " + recodeText(shift, scale)
	case asItIs && several && isSparse(l):
		text = fmt.Sprintf("train with %s instead of %s: the targets are class numbers", name(l), name(o.Loss))
	}
	return Treatment{Text: o.of() + text, Apply: func(c training.Training) (training.Training, error) {
		var err error
		if !asItIs {
			if c.Model, err = withHead(c.Model, o.At, units, activation); err != nil {
				return c, err
			}
		}
		c = c.WithLoss(o.At, l)
		if recode {
			return c.Prepare(training.Recode{Output: o.At, Shift: shift, Scale: scale})
		}
		return c, nil
	}}
}

package torch

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"example.com/unstuck/pkg/dataset"
	"example.com/unstuck/pkg/loss"
)

// losses reads the loss, or one for each of several outputs with their weights.
func (r *reader) losses(o *object) {
	if r.subject.Own != nil {
		o.ignore("loss", "losses", "loss_weights")
		own := *r.subject.Own
		own.BatchSize = r.d.BatchSize
		r.d.Loss = own
		return
	}
	if o.has("losses") {
		r.d.Loss = r.several(o)
		return
	}
	o.ignore("losses", "loss_weights")
	l := o.child("loss", options{})
	if l == nil {
		if !o.has("loss") {
			o.problem("loss", "is missing: PyTorch has no loss unless it is given")
		}
		return
	}
	r.d.Loss = r.loss(l, 0)
}

// several reads the losses of several outputs. It is nil where one of them wasn't understood.
func (r *reader) several(o *object) loss.Loss {
	o.ignore("loss")
	given, weights := o.list("losses"), o.list("loss_weights")
	if n := len(r.subject.Outputs); n > 0 && len(given) != n {
		o.problem("losses", "has %d entries for the %d outputs of the model", len(given), n)
		return nil
	}
	if weights != nil && len(weights) != len(given) {
		o.problem("loss_weights", "has %d entries for %d losses", len(weights), len(given))
		return nil
	}
	all := make(loss.Outputs, len(given))
	before := len(r.problems)
	for i, v := range given {
		if i < len(r.subject.Outputs) {
			all[i].Name = r.subject.Outputs[i]
		}
		path := fmt.Sprintf("%s[%d]", o.at("losses"), i)
		weight := 1.0
		if weights != nil {
			x, ok := numberOf(weights[i])
			if !ok || !(x >= 0) || math.IsInf(x, 0) {
				r.add(fmt.Sprintf("%s[%d]", o.at("loss_weights"), i), "%s is no weight: it must be a number, not negative, and finite", show(weights[i]))
			}
			weight = x
		}
		if v == nil || weight == 0 { // isn't trained on
			continue
		}
		fields, ok := v.(map[string]any)
		if !ok {
			r.add(path, "%s is not an object", show(v))
			continue
		}
		all[i].Loss = r.loss(r.object(path, fields, options{}), i)
		if weight != 1 {
			all[i].Weight = weight
		}
	}
	if len(r.problems) > before {
		return nil
	}
	if err := all.Validate(); err != nil {
		o.problem("losses", "%v", err)
		return nil
	}
	return all
}

// output is what is known of what a loss compares.
type output struct {
	prediction []int         // its shape, the batch first; nil: not known
	targets    dataset.Array // of all rows; without a shape: not known
	several    bool          // the model has others
}

func (r *reader) output(at int) (out output) {
	out.several = len(r.subject.Outputs) > 1
	if at < len(r.subject.Predictions) {
		out.prediction = r.subject.Predictions[at]
	}
	if at < len(r.subject.Targets) {
		out.targets = r.subject.Targets[at]
	}
	return out
}

// loss reads {"class": …, "options": {…}} of the output at that place; nil where it couldn't, which is reported.
func (r *reader) loss(o *object, at int) loss.Loss {
	class := o.text("class")
	described, ofTorch := known().Losses[class]
	read, supported := lossReaders[class]
	if own, ok := strings.CutPrefix(class, "own:"); ok {
		o.problem("class", "the loss %q is of your own: what it computes isn't known here%s; for a diagnosis give the loss of torch.nn that is closest", own, r.notExported)
		return nil
	}
	if !ofTorch || !supported {
		why := ""
		if reason := unsupportedLosses[class]; reason != "" {
			why = ": " + reason
		}
		switch {
		case class == "":
			o.problem("class", "is missing")
		case ofTorch:
			o.problem("class", "the loss %s is not supported%s", class, why)
		default:
			o.problem("class", "torch.nn has no loss %q", class)
		}
		return nil
	}
	settings := o.child("options", described)
	if settings == nil {
		settings = r.object(o.at("options"), nil, described)
	}
	o.done()
	before := len(r.problems)
	l := read(settings, r.output(at))
	l = settings.reduced(l)
	settings.ignore("size_average", "reduce")
	settings.done()
	if len(r.problems) > before {
		return nil
	}
	if v, ok := l.(interface{ Validate() error }); ok {
		if err := v.Validate(); err != nil {
			o.problem("options", "%v", err)
			return nil
		}
	}
	return l
}

// reduced is the loss as "reduction" has it.
func (o *object) reduced(l loss.Loss) loss.Loss {
	switch reduction := o.text("reduction"); reduction {
	case "mean":
	case "sum":
		if s, ok := l.(loss.Summed); ok { // of other terms than most losses have
			return s
		}
		return loss.Summed{Of: l, AsTorch: true}
	case "batchmean":
		if k, ok := l.(loss.KLDivLoss); ok {
			k.BatchMean = true
			return k
		}
		o.problem("reduction", `"batchmean" is that of KLDivLoss alone`)
	case "none":
		o.problem("reduction", `"none" gives a loss for each row and no number to train by: use "mean" or "sum"`)
	default:
		o.problem("reduction", "%q is none of mean, sum, none", reduction)
	}
	return l
}

// matched is the loss on targets and predictions of these shapes: where the ones are [n] and the others [n, 1], PyTorch compares each
// with each and only warns.
func (o *object) matched(out output, l loss.Loss) loss.Loss {
	if out.broadcast() {
		return loss.Broadcast{Of: l}
	}
	o.alike(out)
	return l
}

// broadcast reports whether targets and predictions have one number a row, the ones with an axis of its own for it.
func (out output) broadcast() bool {
	if out.prediction == nil || out.targets.Shape == nil {
		return false
	}
	rows, targets := out.prediction[1:], out.targets.Shape[1:]
	return slices.Equal(rows, []int{1}) && len(targets) == 0 || len(rows) == 0 && slices.Equal(targets, []int{1})
}

// alike reports targets whose shape isn't that of the predictions: PyTorch refuses them, or compares others than belong together.
func (o *object) alike(out output) {
	if out.prediction == nil || out.targets.Shape == nil {
		return
	}
	rows, targets := out.prediction[1:], out.targets.Shape[1:]
	if !slices.Equal(rows, targets) {
		o.add(o.path, "targets have rows of shape %v, predictions of shape %v: give the targets the predictions' shape", targets, rows)
	}
}

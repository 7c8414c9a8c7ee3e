package keras

import (
	"math"

	"example.com/unstuck/pkg/loss"
)

// loss reads compile_config.loss: a name, a function of Keras' own, an object with settings, or a list of
// one of these, or an object with one for the layer that gives the output. It is nil where it couldn't, which is reported. rank is the number of the predictions' axes without the
// batch, 0 where that isn't known.
func (o *object) loss(key, layer string, rank int) loss.Loss {
	path, v := o.at(key), o.get(key)
	if named, ok := v.(map[string]any); ok && len(named) == 1 && layer != "" && named[layer] != nil {
		path, v = path+"."+layer, named[layer]
	}
	if list, ok := v.([]any); ok && len(list) == 1 {
		path, v = path+"[0]", list[0]
	}
	if v == nil {
		o.problem(key, "is missing: the model was compiled without a loss")
		return nil
	}
	return o.lossAt(path, v, rank)
}

// weighedLoss is the loss of a model with one output, times its weight in loss_weights: a number, or a list or an object of one.
// layer is that of a graph's output, by which an object may name the loss.
func (o *object) weighedLoss(names []string, layer string, rank int) loss.Loss {
	l := o.loss("loss", layer, rank)
	path, v := o.at("loss_weights"), o.get("loss_weights")
	switch given := v.(type) {
	case []any:
		if len(given) != 1 {
			o.problem("loss_weights", "has %d entries for one output", len(given))
			return nil
		}
		path, v = path+"[0]", given[0]
	case map[string]any:
		if len(given) != 1 {
			o.problem("loss_weights", "has %d entries for one output", len(given))
			return nil
		}
		for name, one := range given { // Keras doesn't look at the name
			path, v = path+"."+name, one
		}
	default:
		if _, whole := wholeOf(v); whole {
			o.problem("loss_weights", "%s has no point: Keras takes 2.0 here, not 2", show(v))
			return nil
		}
	}
	if v == nil || l == nil {
		return l
	}
	w, number := numberOf(v)
	switch {
	case !number || !(w > 0) || math.IsInf(w, 0):
		o.add(path, "%s is not a weight: it must be positive", show(v))
		return nil
	case w == 1:
		return l
	}
	if len(names) == 0 {
		names = []string{""}
	}
	return loss.Outputs{{Name: names[0], Loss: l, Weight: w}}
}

// oneLoss reports whether a setting is one loss, and not one for each of several outputs.
func (o *object) oneLoss(key string) bool {
	switch v := o.get(key).(type) {
	case []any:
		return len(v) == 1
	case map[string]any:
		return v["class_name"] != nil
	}
	return true
}

// lossAt reads a loss that stands at path.
func (o *object) lossAt(path string, v any, rank int) loss.Loss {
	s, ok := asSerialized(path, v, lossesKind, o.report)
	if !ok {
		return nil
	}
	if s.config == nil {
		if !lossesKind.knows(s.class) {
			o.add(path, "there is no loss %q in Keras", s.class)
			return nil
		}
		l, err := loss.ByName(s.class)
		if err != nil {
			o.add(path, "%v", err)
			return nil
		}
		return l
	}
	s.config.lastAxisNumber = rank
	before := len(o.problems)
	l := s.config.lossOf(s.class)
	if l == nil {
		o.add(path, "the loss %s is not supported", s.class)
		return nil
	}
	s.config.done()
	if v, ok := l.(interface{ Validate() error }); ok && len(o.problems) == before {
		if err := v.Validate(); err != nil {
			o.add(path, "%v", err)
		}
	}
	if len(o.problems) > before {
		return nil
	}
	return l
}

// lossOf reads the settings of a class, nil for one that isn't here.
func (o *object) lossOf(class string) loss.Loss {
	o.oldLoss()
	o.text("name")
	o.dtype("dtype", "float32")
	described, ok := loss.Class(class)
	if !ok {
		return nil
	}
	reduction := o.reduction()
	l := described.Read(source{o}).(loss.Loss)
	if _, huber := l.(loss.Huber); huber {
		_, there := o.fields["delta"]
		o.unwrittenDelta = o.unwrittenDelta || !there
	}
	reduced, err := loss.Reduced(l, reduction)
	if err != nil {
		o.problem("reduction", "%v", err)
		return l
	}
	return reduced
}

// reduction is the name of the setting; null is "none". Written by a loss that has none, it isn't asked for.
func (o *object) reduction() string {
	if v, there := o.fields["reduction"]; there && v == nil || o.fields["reduction"] == "none" {
		o.ignore("reduction")
		o.eachRow = true
		return "none"
	}
	return o.text("reduction")
}

package keras

import (
	"strings"

	"example.com/unstuck/internal/codec"
	"example.com/unstuck/pkg/nn"
)

// Layer is a layer of the file and what became of it.
type Layer struct {
	Name    string   // in Keras and in the Model: weights are found under it
	Class   string   // Keras' class, "Dense"
	Path    string   // where in the file, "config.layers[1]"
	Weights []string // names of its weights, in Keras' order: "kernel", "bias"

	value nn.Layer
	cell  bool    // Keras keeps the weights in a cell of the layer
	inner []Layer // of a model that is a layer of another
}

// layer reads one entry of a model's layers; nil when it couldn't, which is reported.
func (o *object) layer() *Layer {
	l := &Layer{Class: o.text("class_name", ""), Path: o.path}
	c := o.child("config")
	if c != nil {
		l.Name = c.text("name", "")
	}
	label := strings.TrimSpace(l.Class + " " + show(l.Name))
	place := o.path + " (" + label + ")"
	if !o.ownClass(l.Class) {
		return nil
	}
	class, known := nn.Class(l.Class)
	if !known && l.Class != "Activation" && modelReaders[l.Class] == nil {
		o.add(place, "layers of class %s are not supported", orUnnamed(l.Class))
		return nil
	}
	if c == nil {
		o.add(place, "has no config")
		return nil
	}
	if len(l.Name) > MaxName {
		o.add(place, "a layer's name must not have more than %d bytes", MaxName)
		return nil
	}
	if strings.ContainsAny(l.Name, "/:@\x00") {
		o.add(place, "a layer's name must contain none of %q, %q and %q", "/", ":", "@")
		return nil
	}
	if modelReaders[l.Class] != nil {
		if o.nested(l); l.value == nil {
			return nil
		}
		return l
	}
	c.lastAxisNumber = o.builtRank() - 1
	trainable := c.common()
	before := len(o.problems)
	if known {
		l.value, _ = class.Read(source{c}).(nn.Layer)
	} else {
		l.value = c.activationLayer()
	}
	c.done()
	if l.value == nil || len(o.problems) > before {
		return nil
	}
	l.named()
	l.weights()
	if !trainable {
		l.value = nn.Frozen{Layer: l.value}
	}
	return l
}

// activationLayer is Keras' layer Activation, of which the function is the only setting.
func (o *object) activationLayer() nn.Layer {
	a, _ := source{o}.Object("activation", nn.Activations()).(nn.Activation)
	if a == nil {
		if o.has("activation") {
			return nil // which is reported
		}
		o.ignore("activation")
		return nn.Linear{}
	}
	return a
}

// named gives the layer its name in the file.
func (l *Layer) named() {
	if named, err := codec.With(l.value, "Name", l.Name); err == nil {
		l.value = named.(nn.Layer)
		return
	}
	l.value = nn.Renamed{Name: l.Name, Layer: l.value}
}

// weights notes the names of the layer's weights, which don't depend on the input's shape.
func (l *Layer) weights() {
	anyShape := make([]int, 33) // more axes than a layer can name
	for i := range anyShape {
		anyShape[i] = 1
	}
	for _, w := range nn.WeightsOf(l.value, anyShape...) {
		l.Weights = append(l.Weights, w.Name)
	}
	_, l.cell = nn.Bare(l.value).(nn.Recurrent)
}

// builtRank is the number of axes that the layer's input had when it was saved, 0 when the file doesn't say.
func (o *object) builtRank() int {
	build := o.child("build_config")
	if build == nil {
		return 0
	}
	return len(build.list("input_shape"))
}

// common reads what all layers have, and returns whether the layer is trained.
func (o *object) common() (trainable bool) {
	o.ignore("name", "batch_shape", "batch_input_shape", "input_shape")
	o.dtype("dtype", "float32")
	o.only("activity_regularizer")
	o.only("quantization_config")
	return o.flag("trainable", true)
}

// dtype refuses a policy other than float32 or those allowed in addition.
func (o *object) dtype(key string, allowed ...string) {
	s, ok := o.serialized(key)
	if !ok {
		return
	}
	name := s.class
	if s.config != nil {
		s.config.ignore("source_name", "quantization_mode")
		name = s.config.text("name", s.class)
	}
	for _, a := range allowed {
		if name == a {
			return
		}
	}
	o.problem(key, "%q is not supported (only %q)", name, allowed[0])
}

func orUnnamed(class string) string {
	if class == "" {
		return "without a name"
	}
	return class
}

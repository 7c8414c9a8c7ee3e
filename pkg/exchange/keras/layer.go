package keras

import (
	"slices"
	"strings"

	"example.com/unstuck/internal/codec"
	"example.com/unstuck/internal/excerpt"
	"example.com/unstuck/pkg/nn"
	"example.com/unstuck/pkg/training"
)

// Layer is a layer of the file and what became of it.
type Layer struct {
	Name    string   // in Keras and in the Model: weights are found under it
	Class   string   // Keras' class, "Dense"
	Path    string   // where in the file, "config.layers[1]"
	Weights []string // names of its weights, in Keras' order: "kernel", "bias"

	value nn.Layer
	cell  bool    // Keras keeps the weights in a cell of the layer
	inner []Layer // of a model that is a layer of another, or of a layer around others

	stored []string // where the file has each of Weights below the layer's group; empty: by its place; nil: all by their places

	encodings []training.Encoding // of a model's inputs, where some stand for lookups
	given     []string            // its inputs in the file

	within string // where the file has the weights of a layer inside of another, "forward_layer"; empty: by its class
	list   string // where it has those of the layers inside of this one; empty: "layers"
}

// layer reads one entry of a model's layers; nil when it couldn't, which is reported. input is the shape of what it
// takes, without the batch, nil where that isn't known.
func (o *object) layer(input []int) *Layer {
	l := &Layer{Class: o.layerClass(o.text("class_name")), Path: o.path}
	c := o.child("config")
	if c != nil {
		l.Name = c.text("name")
	}
	label := strings.TrimSpace(l.Class + " " + show(l.Name))
	place := o.path + " (" + label + ")"
	kind := modelsKind
	if modelReaders[l.Class] == nil {
		kind = layersKind
		o.builtFor(input)
	}
	if !o.ownClass(l.Class, kind) {
		return nil
	}
	if isLookup(l.Class) {
		o.add(place, lookupElsewhere)
		return nil
	}
	class, known := nn.Class(l.Class)
	if !known && l.Class != "Activation" && l.Class != "RNN" && modelReaders[l.Class] == nil {
		o.add(place, "%s", notRead(l.Class))
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
	c.of = constructorOf(layersKind, l.Class)
	c.lastAxisNumber = len(input)
	if input == nil {
		c.lastAxisNumber = o.builtRank() - 1
	}
	var inside []Layer
	c.inside = &inside
	before := len(o.problems)
	c.checkKeras2(l.Class)
	trainable, activity := c.common()
	if l.Class == "RNN" {
		c.rnn(l)
	} else if known {
		l.value, _ = class.Read(source{c}).(nn.Layer)
	} else {
		l.value = c.activationLayer()
	}
	c.done()
	if l.value == nil || len(o.problems) > before && !c.unseen(before) {
		return nil
	}
	if _, stateful := nn.FirstStateful(l.value); stateful && o.stateful == "" {
		o.stateful = c.at("stateful")
	}
	whole := len(o.problems) == before
	l.named()
	l.around(inside)
	l.weights()
	if activity != nil && nn.PenalizesParts(l.value) {
		c.problem("activity_regularizer", "is not supported of an attention with heads, of which Keras penalizes the parts")
		return nil
	}
	if activity != nil {
		l.value = nn.ActivityRegularized{Layer: l.value, Regularizer: activity}
	}
	if !trainable {
		l.value = nn.Frozen{Layer: l.value}
	}
	if !whole {
		l.value = nn.UnreadSettings{Layer: l.value}
	}
	return l
}

// unread is an entry of a model's layers that couldn't be read.
func (o *object) unread() *Layer {
	l := &Layer{Name: o.layerName(), Path: o.path}
	l.Class, _ = o.fields["class_name"].(string)
	if len(l.Name) > MaxName {
		l.Name = ""
	}
	l.value = nn.Unread{Name: l.Name, Class: excerpt.Of(l.Class, maxText)}
	return l
}

// unseen reports whether all problems from that one on are of settings that don't show in what a layer computes with
// given weights, but for rounding: how they begin, penalties on them, constraints, number types.
func (o *object) unseen(from int) bool {
	for _, p := range o.problems[from:] {
		setting, within := strings.CutPrefix(p.Path, o.path+".")
		setting, _, _ = strings.Cut(setting, ".")
		if !within || !slices.ContainsFunc([]string{"_initializer", "_regularizer", "_constraint", "dtype", "autocast"}, func(kind string) bool { return strings.HasSuffix(setting, kind) }) {
			return false
		}
	}
	return !o.full()
}

// activationLayer is Keras' layer Activation, of which the function is the only setting.
func (o *object) activationLayer() nn.Layer {
	before := len(o.problems)
	a, _ := source{o}.Object("activation", nn.Activations()).(nn.Activation)
	switch {
	case a != nil:
		return a
	case len(o.problems) > before:
		return nil
	}
	return nn.Linear{} // null
}

// named gives the layer its name in the file.
func (l *Layer) named() {
	if named, err := codec.With(l.value, "Name", l.Name); err == nil {
		l.value = named.(nn.Layer)
		return
	}
	l.value = nn.Renamed{Name: l.Name, Layer: l.value}
}

// around notes the layers inside of one that has them as settings, under the names that they have there. What the file left
// out was made from the first.
func (l *Layer) around(inside []Layer) {
	c, ok := nn.Bare(l.value).(nn.Container)
	if !ok || l.inner != nil {
		return
	}
	parts, err := c.Parts()
	if err != nil {
		return // applying it will tell
	}
	for i, p := range parts {
		if i >= len(inside) {
			copied := inside[0]
			copied.within = "backward_layer"
			inside = append(inside, copied)
		}
		inside[i].Name, inside[i].value = p.Name, p.Layer
	}
	l.inner = inside
}

// weights notes the names of the layer's weights, which don't depend on the input's shape.
func (l *Layer) weights() {
	l.Weights = nn.WeightNames(l.value)
	l.stored = nn.StoredPlaces(l.value)
	_, l.cell = nn.Bare(l.value).(nn.Recurrent)
}

// builtFor checks the shape that a layer was built for when it was saved: Keras builds it for that one again,
// whatever comes in. shape is the input's without the batch, nil where it isn't known.
func (o *object) builtFor(shape []int) {
	build := o.child("build_config")
	if build == nil {
		return
	}
	v, there := build.fields["input_shape"]
	if _, several := v.([]any); there && several && !isShape(v) {
		build.ignore("input_shape") // of several inputs
		return
	}
	if !there {
		return
	}
	built := shapeOf(build.get("input_shape"))
	fits := built != nil && (shape == nil || len(shape) == len(built))
	for i := range shape {
		fits = fits && (shape[i] < 1 || i < len(shape)-1 && built[i] < 1 || shape[i] == built[i]) // no weight depends on what is open
	}
	if !fits {
		build.problem("input_shape", "%s doesn't fit the layer's input, %v behind the batch", show(v), shape)
	}
}

// isShape tells a shape from a list of shapes.
func isShape(v any) bool {
	list, _ := v.([]any)
	for _, one := range list {
		if _, nested := one.([]any); nested {
			return false
		}
	}
	return true
}

// builtRank is the number of axes that the layer's input had when it was saved, 0 when the file doesn't say.
func (o *object) builtRank() int {
	build := o.child("build_config")
	if build == nil {
		return 0
	}
	return len(build.list("input_shape"))
}

// common reads what all layers have: whether the layer is trained, and the penalty on what it puts out, nil for none.
func (o *object) common() (trainable bool, activity nn.Regularizer) { return o.commonOf() }

// commonOf is common of a layer that may have other number types, too.
func (o *object) commonOf(dtypes ...string) (trainable bool, activity nn.Regularizer) {
	o.text("name")
	o.ignore("batch_shape", "batch_input_shape", "input_shape")
	o.only("autocast", true)
	o.dtype("dtype", dtypes...)
	activity, _ = source{o}.Object("activity_regularizer", nn.Regularizers()).(nn.Regularizer)
	o.only("quantization_config")
	_, there := o.fields["trainable"]
	return o.flag("trainable") || !there, activity
}

// commonOfCell is common for a cell of a recurrent layer.
func (o *object) commonOfCell() (trainable bool) {
	trainable, activity := o.common()
	if activity != nil {
		o.problem("activity_regularizer", "is not supported of a cell: set it of the RNN")
	}
	return trainable
}

// floats are the number types that this package reads, as float32.
var floats = []string{"float32", "float64", "float16", "bfloat16", "mixed_float16", "mixed_bfloat16"}

// dtype reads a number type, one of floats or of those allowed in addition. Others than float32 are noted.
func (o *object) dtype(key string, allowed ...string) {
	s, ok := o.serialized(key, policiesKind)
	if !ok {
		return
	}
	name := s.class
	if s.config != nil {
		if strings.HasPrefix(s.class, "Quantized") || s.class == "GPTQDTypePolicy" || s.class == "AWQDTypePolicy" {
			o.problem(key, "quantized weights (%s) are not supported: save the model as it was before quantize was called", show(s.class))
			return
		}
		if s.class != "DTypePolicy" && s.class != "FloatDTypePolicy" && !(o.keras2 && s.class == "Policy") {
			o.problem(key, "the number type %s is not supported (only DTypePolicy)", show(s.class))
			return
		}
		s.config.ignore("source_name", "quantization_mode")
		if name = s.config.text("name"); name == "" {
			name = s.class
		}
	}
	switch {
	case slices.Contains(allowed, name):
	case !slices.Contains(floats, name):
		o.problem(key, "%q is not supported (only %q)", name, floats)
	case name != "float32" && !slices.Contains(o.numberTypes, name):
		o.numberTypes = append(o.numberTypes, name)
	}
}

func orUnnamed(class string) string {
	if class == "" {
		return "without a name"
	}
	return class
}

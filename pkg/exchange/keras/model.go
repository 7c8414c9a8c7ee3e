package keras

import (
	"fmt"
	"slices"
	"strings"

	"example.com/unstuck/pkg/nn"
	"example.com/unstuck/pkg/training"
)

// built is what a Sequential or a functional model of the file, the whole or one inside of it, comes to.
type built struct {
	name   string
	model  nn.Layer // Sequential for a chain, else Graph; nn.Unread where it couldn't be put together
	layers []Layer  // of the model itself, in the file's order
	inputs []nn.Input
	output string            // the layer that gives a graph's only output; empty: there are several, or the model is a Sequential
	whole  map[string]string // inputs of which Keras makes whole numbers, and their types

	types     map[string]string   // of the inputs: "string", or a number type
	encodings []training.Encoding // of the inputs; nil: each goes in as it is
	given     []string            // the inputs as the file has them, in the order in which the model takes them
}

// modelReaders make models of Keras' classes.
var modelReaders map[string]func(c *object) *built

func init() { // models are read in models
	modelReaders = map[string]func(c *object) *built{
		"Sequential": (*object).sequential,
		"Functional": (*object).functional,
		"Model":      (*object).functional,
	}
}

// sequential reads the config of a Sequential. What couldn't be read is reported, and nn.Unread in its place.
func (o *object) sequential() *built {
	before := len(o.problems)
	b := &built{name: o.modelSettings(), whole: map[string]string{}}
	b.model = nn.Unread{Class: "Sequential"}
	// Keras doesn't look at it when it loads a Sequential: what isn't trained says so itself.
	o.ignore("trainable")
	var net nn.Sequential
	var shape []int // of what the next layer takes; nil: not known
	for i, entry := range o.entries() {
		if class, _ := entry.fields["class_name"].(string); class == "InputLayer" {
			if i > 0 {
				entry.add(entry.path, "an InputLayer is supported in the first place only")
			}
			in := entry.inputLayer(b)
			b.inputs, shape, b.given = []nn.Input{in}, in.Shape, []string{in.Name}
			continue
		}
		if b.inputs == nil {
			shape = entry.inputOfFirst()
			b.inputs, b.given = []nn.Input{{Shape: shape}}, []string{""}
		}
		if len(net) == 0 && b.encodings == nil {
			if folded, is := entry.firstLookup(b); is {
				if folded {
					if shape = nil; kerasShape(b.encodings[0].Layer, b.encodings[0].Rows) {
						shape = b.inputs[0].Shape
					}
					continue
				}
				l := entry.unread()
				b.layers, net, shape = append(b.layers, *l), append(net, l.value), nil
				continue
			}
		}
		l := entry.layer(shape)
		if l == nil {
			l, shape = entry.unread(), nil // of what comes behind nothing is known
		} else {
			if len(l.encodings) > 0 {
				shape = entry.firstOfStrings(b, l, len(net))
			}
			shape = l.outputShape(shape)
			if len(net) == 0 && b.inputs != nil {
				o.takesWhole(b, b.inputs[0].Name, l)
			}
		}
		b.layers = append(b.layers, *l)
		net = append(net, l.value)
	}
	if len(b.encodings) > 0 && isUnread(b.encodings[0].Layer) && len(o.problems) == before {
		o.problem("layers", "they take the strings of the input, which no layer computes with")
	}
	if shape := shapeOf(o.get("build_input_shape")); b.inputs == nil {
		b.inputs = []nn.Input{{Shape: shape}}
	} else if b.inputs[0].Shape == nil {
		b.inputs[0].Shape = shape
	}
	o.ignore("build_input_shape")
	o.done()
	if o.full() {
		return b
	}
	names, err := net.Names()
	if err != nil {
		if len(o.problems) == before { // else it may follow from what couldn't be read
			o.problem("layers", "%v", err)
		}
		return b
	}
	for i := range b.layers {
		b.layers[i].Name = names[i] // a layer without a name was given one
	}
	b.model = net
	return b
}

// modelSettings reads what all models have, and returns the name.
func (o *object) modelSettings() string {
	if _, there := o.fields["name"]; !there && !o.keras2 {
		o.problem("name", "is missing")
	}
	if len(o.list("layers")) == 0 {
		o.problem("layers", "there are none")
	}
	o.dtype("dtype")
	return o.text("name")
}

// outputShape is the shape of the layer's output for one input of that shape, both without the batch; nil where it isn't
// known.
func (l *Layer) outputShape(input []int) []int {
	if input == nil || slices.Contains(input, -1) && !keepsOpen(l.value, input) {
		return nil
	}
	out, err := nn.Measure(l.value, [][]int{append([]int{1}, input...)}, func(nn.Measured) error { return nil })
	if err != nil {
		return nil
	}
	return out[0][1:]
}

// keepsOpen reports whether a shape with sizes that are open goes through the layer as numbers would: only the axes in
// front of the last may be open then.
func keepsOpen(l nn.Layer, input []int) bool {
	out, err := nn.Measure(l, [][]int{append([]int{1}, input...)}, func(nn.Measured) error { return nil })
	return err == nil && len(input) > 0 && input[len(input)-1] > 0 && len(out[0]) == len(input)+1
}

// entries are a model's layers as they stand in the file.
func (o *object) entries() []*object {
	list := o.list("layers")
	if len(list) > MaxLayers {
		o.problem("layers", "%d layers are more than %d", len(list), MaxLayers)
		return nil
	}
	var entries []*object
	for i, v := range list {
		path := fmt.Sprintf("%s[%d]", o.at("layers"), i)
		fields, ok := v.(map[string]any)
		if !ok {
			o.add(path, "%s is not an object", show(v))
			continue
		}
		entries = append(entries, newObject(path, fields, o.report))
	}
	return entries
}

// inputLayer reads an InputLayer.
func (o *object) inputLayer(b *built) nn.Input {
	in := nn.Input{Name: o.layerName()}
	if class := o.text("class_name"); !o.ownClass(class, layersKind) {
		return in
	}
	c := o.child("config")
	if c == nil {
		o.problem("config", "is missing")
		return in
	}
	c.of = constructorOf(layersKind, "InputLayer")
	c.flag("sparse") // the same numbers, held in another way
	c.only("ragged", false)
	c.only("optional", false)
	c.only("batch_size")
	if b.types == nil {
		b.types = map[string]string{}
	}
	b.types[in.Name], _ = c.get("dtype").(string)
	if b.takesStrings(in.Name) {
		// Only a lookup takes them.
	} else if integer := c.integerInput("dtype"); integer != "" {
		b.whole[in.Name] = integer
	}
	c.text("name")
	c.flag("trainable")
	in.Shape = inputShape(c, "batch_shape")
	if in.Shape == nil {
		in.Shape = inputShape(c, "batch_input_shape") // Keras 2
	}
	if in.Shape == nil {
		c.problem("batch_shape", "%s is not the shape of an input with its batch", show(c.get("batch_shape")))
	}
	c.ignore("batch_shape", "batch_input_shape", "input_shape")
	c.done()
	return in
}

// integers are the types of whole numbers that indices may come in, and how many of them there are.
var integers = map[string]int{
	"int8": 1 << 7, "uint8": 1 << 8, "int16": 1 << 15, "uint16": 1 << 16, "int32": 1 << 31, "uint32": 1 << 31, "int64": 1 << 31,
}

// integerInput reads the number type of the input; it returns the type where Keras makes whole numbers of the input.
func (o *object) integerInput(key string) string {
	name, _ := o.get(key).(string)
	if _, ok := integers[name]; ok {
		return name
	}
	o.dtype(key, "float64") // which Keras brings to a layer's float32
	return ""
}

const wholeText = "Keras makes %s of the input, cutting fractions off, in front of %s: that is supported in a model of one input alone; make the input float32 where it holds whole numbers"

// takesWhole notes where Keras makes whole numbers of an input that a layer computes with: it cuts off fractions, which
// this project's layers keep. One that looks them up cuts them off itself, but must be reached by the type.
func (o *object) takesWhole(b *built, input string, l *Layer) {
	integer := b.whole[input]
	if integer == "" {
		return
	}
	e, ok := nn.Bare(l.value).(nn.Indexed)
	switch {
	case !ok && strings.Contains(o.path, ".layers["):
		o.problem("layers", wholeText, integer, l.Path)
	case !ok:
		if !slices.Contains(o.wholeInputs, integer) {
			o.wholeInputs = append(o.wholeInputs, integer)
		}
	case e.Indices() > integers[integer]:
		o.problem("layers", "%s doesn't reach the %d indices of %s", integer, e.Indices(), l.Path)
	}
}

// inputOfFirst is the input's shape as the first layer of a model knows it, nil when it doesn't.
func (o *object) inputOfFirst() []int {
	if config := o.child("config"); config != nil {
		if shape := inputShape(config, "batch_input_shape"); shape != nil {
			return shape
		}
	}
	return inputShape(o, "build_config", "input_shape")
}

// nested reads a model that is a layer of another.
func (o *object) nested(l *Layer) {
	c := o.child("config")
	if strings.Count(o.path, ".layers[") > maxNesting {
		o.add(o.path, "models are nested more than %d deep", maxNesting)
		return
	}
	folder := o.folder
	o.folder = o.inFolder(l.Class, o.numberOf(l.Class)) + "/"
	b := modelReaders[l.Class](c)
	o.folder = folder
	l.encodings, l.given = b.encodings, b.given
	l.value, l.inner = nn.Renamed{Name: l.Name, Layer: b.model}, b.layers
}

// maxNesting is how deep models may lie in models.
const maxNesting = 16

// inputShape finds a shape with the batch in front, under keys that lead to it, and takes the batch off.
func inputShape(o *object, keys ...string) []int {
	for _, key := range keys[:len(keys)-1] {
		fields, ok := o.get(key).(map[string]any)
		if !ok {
			return nil
		}
		o = newObject(o.at(key), fields, o.report)
	}
	v := o.get(keys[len(keys)-1])
	if list, ok := v.([]any); ok && len(list) > 0 && o.batch == 0 {
		o.batch, _ = wholeOf(list[0])
	}
	return shapeOf(v)
}

// shapeOf is a list of sizes without its first, the batch; null is any size, −1. nil: not a shape of at most
// 16 axes.
func shapeOf(v any) []int {
	list, ok := v.([]any)
	if !ok || len(list) == 0 || len(list) > 16 {
		return nil
	}
	shape := make([]int, len(list)-1)
	for i, v := range list[1:] {
		x, ok := numberOf(v)
		switch {
		case v == nil:
			shape[i] = -1
		case !ok || x < 1 || x > maxSize || x != float64(int(x)):
			return nil
		default:
			shape[i] = int(x)
		}
	}
	return shape
}

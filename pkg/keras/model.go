package keras

import (
	"fmt"
	"strings"

	"example.com/unstuck/pkg/nn"
)

// built is what a Sequential or a functional model of the file, the whole or one inside of it, comes to.
type built struct {
	name   string
	model  nn.Layer // Sequential for a chain, else Graph
	layers []Layer  // of the model itself, in the file's order
	inputs []nn.Input
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

// sequential reads the config of a Sequential; nil when it couldn't, which is reported.
func (o *object) sequential() *built {
	b := &built{name: o.modelSettings()}
	// Keras doesn't look at it when it loads a Sequential: what isn't trained says so itself.
	o.ignore("trainable")
	var net nn.Sequential
	for i, entry := range o.entries() {
		if class, _ := entry.fields["class_name"].(string); class == "InputLayer" {
			if i > 0 {
				entry.add(entry.path, "an InputLayer is supported in the first place only")
			}
			b.inputs = []nn.Input{entry.inputLayer()}
			continue
		}
		l := entry.layer()
		if l == nil {
			continue
		}
		if b.inputs == nil && len(net) == 0 {
			b.inputs = []nn.Input{{Shape: entry.inputOfFirst()}}
		}
		b.layers = append(b.layers, *l)
		net = append(net, l.value)
	}
	if shape := shapeOf(o.get("build_input_shape")); b.inputs == nil {
		b.inputs = []nn.Input{{Shape: shape}}
	} else if b.inputs[0].Shape == nil {
		b.inputs[0].Shape = shape
	}
	o.ignore("build_input_shape")
	o.done()
	if len(o.problems) > 0 {
		return nil
	}
	names, err := net.Names()
	if err != nil {
		o.problem("layers", "%v", err)
		return nil
	}
	for i := range b.layers {
		b.layers[i].Name = names[i] // a layer without a name was given one
	}
	b.model = net
	return b
}

// modelSettings reads what all models have, and returns the name.
func (o *object) modelSettings() string {
	o.dtype("dtype", "float32")
	return o.text("name", "")
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
func (o *object) inputLayer() nn.Input {
	in := nn.Input{Name: o.layerName()}
	c := o.child("config")
	if c == nil {
		o.problem("config", "is missing")
		return in
	}
	c.only("sparse", false)
	c.only("ragged", false)
	c.only("optional", false)
	c.only("batch_size")
	// Keras brings float64 to a layer's float32. Indices for an Embedding may come as float32 here.
	c.dtype("dtype", "float32", "float64", "int32", "int64", "uint8", "int16", "int8", "uint16", "uint32", "bool")
	c.ignore("name", "trainable")
	in.Shape = inputShape(c, "batch_shape")
	if in.Shape == nil {
		in.Shape = inputShape(c, "batch_input_shape") // Keras 2
	}
	c.ignore("batch_shape", "batch_input_shape", "input_shape")
	c.done()
	return in
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
	b := modelReaders[l.Class](c)
	if b == nil {
		return
	}
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
	return shapeOf(o.get(keys[len(keys)-1]))
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

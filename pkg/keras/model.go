package keras

import (
	"fmt"

	"example.com/unstuck/pkg/nn"
)

// sequential reads the config of a Sequential.
func (d *Description) sequential(c *object) {
	d.model(c)
	entries := c.list("layers")
	if len(entries) > MaxLayers {
		c.problem("layers", "%d layers are more than %d", len(entries), MaxLayers)
		return
	}
	for i, v := range entries {
		o := d.entry(c, i, v)
		if o == nil {
			continue
		}
		if class, _ := o.fields["class_name"].(string); class == "InputLayer" {
			d.input(o, i == 0)
			continue
		}
		d.add(c, o)
	}
	if d.InputShape == nil {
		d.InputShape = shapeOf(c.get("build_input_shape"))
	}
	// Keras doesn't read whether all of a Sequential is trainable, only whether each layer is.
	c.ignore("build_input_shape", "trainable")
	c.done()
	d.finish(c, false)
}

// model reads what all models have.
func (d *Description) model(c *object) {
	d.Name = c.text("name")
	if _, there := c.fields["name"]; !there && !c.keras2 {
		c.problem("name", "is missing")
	}
	c.dtype("dtype", "float32")
	if len(c.list("layers")) == 0 {
		c.problem("layers", "there are none")
	}
}

// entry is element i of a model's layers.
func (d *Description) entry(c *object, i int, v any) *object {
	path := fmt.Sprintf("%s[%d]", c.at("layers"), i)
	fields, ok := v.(map[string]any)
	if !ok {
		c.add(path, "%s is not an object", show(v))
		return nil
	}
	return newObject(path, fields, c.report)
}

// input reads an InputLayer.
func (d *Description) input(o *object, first bool) {
	if !first {
		o.add(o.path, "an InputLayer is supported in the first place only")
	}
	if class := o.text("class_name"); !o.ownClass(class, layersKind) {
		return
	}
	c := o.child("config")
	if c == nil {
		o.problem("config", "is missing")
		return
	}
	c.of = constructorOf(layersKind, "InputLayer")
	c.only("sparse", false)
	c.only("ragged", false)
	c.only("optional", false)
	c.only("batch_size")
	d.integer = c.integerInput("dtype")
	c.text("name")
	c.flag("trainable")
	d.InputShape = inputShape(c, "batch_shape")
	if d.InputShape == nil {
		d.InputShape = inputShape(c, "batch_input_shape") // Keras 2
	}
	if d.InputShape == nil {
		c.problem("batch_shape", "%s is not the shape of an input with its batch", show(c.get("batch_shape")))
	}
	c.ignore("batch_shape", "batch_input_shape", "input_shape")
	c.done()
}

// integers are the types of whole numbers that an Embedding's indices may come in, and how many of them there are.
var integers = map[string]int{
	"int8": 1 << 7, "uint8": 1 << 8, "int16": 1 << 15, "uint16": 1 << 16, "int32": 1 << 31, "uint32": 1 << 31, "int64": 1 << 31,
}

// integerInput reads the number type of the input; it returns the type where Keras makes whole numbers of the input.
func (o *object) integerInput(key string) string {
	name, _ := o.get(key).(string)
	if _, ok := integers[name]; ok {
		return name
	}
	o.dtype(key, "float32")
	return ""
}

// whole refuses whole numbers for a first layer that computes with them: Keras cuts off the input's fractions, which
// this project's layers keep. An Embedding cuts them off itself.
func (d *Description) whole(c, o *object, l *Layer) {
	if d.integer == "" || len(d.Layers) > 0 {
		return
	}
	e, ok := plain(l.value).(nn.Embedding)
	switch {
	case !ok:
		c.add(c.at("layers[0].config.dtype"), "Keras makes %s of the input, cutting fractions off, in front of %s: only an Embedding is supported there; make the input float32 where it holds whole numbers", d.integer, o.path)
	case e.InputDim > integers[d.integer]:
		c.add(c.at("layers[0].config.dtype"), "%s doesn't reach the %d vectors of the Embedding", d.integer, e.InputDim)
	}
}

// add reads a layer and appends it.
func (d *Description) add(c, o *object) {
	if d.InputShape == nil && len(d.Layers) == 0 {
		if config := o.child("config"); config != nil {
			if d.InputShape = inputShape(config, "batch_input_shape"); d.InputShape == nil {
				d.InputShape = inputShape(o, "build_config", "input_shape")
			}
		}
	}
	if !d.begun {
		d.shape, d.begun = d.InputShape, true
	}
	o.builtFor(d.shape)
	l := o.layer(len(d.shape))
	if l == nil {
		d.shape = nil // of what comes behind nothing is known
		return
	}
	d.whole(c, o, l)
	if d.shape != nil {
		_, d.shape = grow(plain(l.value), d.shape)
	}
	d.Layers = append(d.Layers, *l)
	d.Model = append(d.Model, l.value)
}

// finish looks at the layers together.
func (d *Description) finish(c *object, frozen bool) {
	if len(c.problems) > 0 {
		return
	}
	if frozen {
		for i, l := range d.Model {
			d.Model[i] = nn.Frozen{Layer: l}
		}
	}
	names, err := d.Model.Names()
	if err != nil {
		c.problem("layers", "%v", err)
		return
	}
	for i := range d.Layers {
		d.Layers[i].Name = names[i] // a layer without a name was given one
	}
	d.checkSize(c)
}

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

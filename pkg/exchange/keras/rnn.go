package keras

import (
	"fmt"

	"example.com/unstuck/internal/codec"
	"example.com/unstuck/pkg/nn"
)

// cellLayers are the layers that Keras' cells are when an RNN goes over time with them.
var cellLayers = map[string]string{"SimpleRNNCell": "SimpleRNN", "GRUCell": "GRU", "LSTMCell": "LSTM"}

// rnn reads an RNN: the layer of its cell, or, for a stack of cells, one such layer behind the other, which computes the same.
func (o *object) rnn(l *Layer) {
	returnState := o.flag("return_state")
	o.only("time_major", false)
	o.ignore("unroll")
	settings := map[string]bool{}
	for field, key := range map[string]string{"ReturnSequences": "return_sequences", "GoBackwards": "go_backwards", "ZeroOutputForMask": "zero_output_for_mask", "Stateful": "stateful"} {
		settings[field] = o.flag(key)
	}
	cells, stacked := o.cells()
	if len(cells) == 0 {
		return
	}
	if stacked && returnState {
		o.problem("return_state", "true is not supported of a stack of cells")
		return
	}
	settings["ReturnState"] = returnState
	if stacked && settings["GoBackwards"] {
		o.backwards = o.path
	}
	all := make(nn.Sequential, len(cells))
	for i := range cells {
		for field, on := range settings {
			switch {
			case field == "ReturnSequences" && i < len(cells)-1:
				on = true
			case field == "GoBackwards" && i > 0:
				on = false
			}
			changed, err := codec.With(cells[i].value, field, on)
			if err != nil {
				o.problem("cell", "%v", err)
				return
			}
			cells[i].value = changed.(nn.Layer)
		}
		cells[i].named()
		cells[i].weights()
		cells[i].cell = false // the cell itself
		all[i] = cells[i].value
	}
	if !stacked {
		l.value = nn.Bare(all[0])
		return
	}
	l.value, l.inner, l.list = all, cells, "cell/cells"
}

// cells reads the cell of an RNN, or the stack of them; none when it couldn't, which is reported.
func (o *object) cells() (cells []Layer, stacked bool) {
	cell := o.child("cell")
	if cell == nil {
		if !o.asked["cell"] || o.fields["cell"] == nil {
			o.problem("cell", "is missing")
		}
		return nil, false
	}
	class := cell.text("class_name")
	if class != "StackedRNNCells" {
		if c := cell.cell(); c != nil {
			cells = []Layer{*c}
		}
		return cells, false
	}
	if !cell.ownClass(class, layersKind) {
		return nil, true
	}
	config := cell.child("config")
	if config == nil {
		cell.problem("config", "is missing")
		return nil, true
	}
	config.of = constructorOf(layersKind, class)
	if !config.commonOfCell() {
		config.problem("trainable", "false is not supported of cells: set it of the RNN")
	}
	list := config.list("cells")
	config.done()
	if len(list) == 0 || len(list) > MaxLayers {
		config.problem("cells", "there are %d", len(list))
		return nil, true
	}
	for i, v := range list {
		path := fmt.Sprintf("%s[%d]", config.at("cells"), i)
		fields, ok := v.(map[string]any)
		if !ok {
			o.add(path, "%s is not an object", show(v))
			return nil, true
		}
		c := newObject(path, fields, o.report).cell()
		if c == nil {
			return nil, true
		}
		cells = append(cells, *c)
	}
	return cells, true
}

// cell reads a cell as the layer that it is; nil when it couldn't, which is reported.
func (o *object) cell() *Layer {
	l := &Layer{Class: o.text("class_name"), Path: o.path}
	if !o.ownClass(l.Class, layersKind) {
		return nil
	}
	class, ok := nn.Class(cellLayers[l.Class])
	c := o.child("config")
	if !ok || c == nil {
		o.problem("class_name", "cells of class %s are not supported", orUnnamed(l.Class))
		return nil
	}
	c.of = constructorOf(layersKind, l.Class)
	l.Name = c.text("name")
	if !c.commonOfCell() {
		c.problem("trainable", "false is not supported of a cell: set it of the RNN")
	}
	before := len(o.problems)
	c.checkKeras2(l.Class)
	l.value, _ = class.Read(source{c}).(nn.Layer)
	c.done()
	if l.value == nil || len(o.problems) > before {
		return nil
	}
	return l
}

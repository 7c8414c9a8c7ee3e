package keras

import (
	"fmt"
	"slices"
	"strings"

	"example.com/unstuck/pkg/nn"
)

// This file reads functions that put values elsewhere.

func (op operation) concatenate() nn.Layer {
	axis, ok := op.axis("axis", op.rank())
	if !ok || !op.tensors(len(op.args)) {
		return nil
	}
	op.node.Unmasked = true
	if len(op.args) == 1 {
		return nn.Linear{}
	}
	return nn.Concatenate{Axis: axis}
}

// hstack is concatenate along the first axis behind the batch.
func (op operation) hstack() nn.Layer {
	if !op.tensors(len(op.args)) {
		return nil
	}
	if op.rank() < 2 {
		op.refuse("joins the batch's rows: that is not supported")
		return nil
	}
	op.node.Unmasked = true
	if len(op.args) == 1 {
		return nn.Linear{}
	}
	return nn.Concatenate{Axis: 1}
}

func (op operation) expandDims() nn.Layer {
	if !op.tensors(1) {
		return nil
	}
	var parts []string
	axes, ok := op.axes("axis", op.rank()+len((source{op.config}).listed("axis")))
	if !ok {
		return nil
	}
	slices.Sort(axes)
	for _, a := range axes {
		for len(parts) < a {
			parts = append(parts, ":")
		}
		parts = append(parts, "None")
	}
	return nn.Index{At: strings.Join(parts, ", ")}
}

func (op operation) squeeze() nn.Layer {
	if !op.tensors(1) {
		return nil
	}
	var axes []int
	if op.config.get("axis") != nil {
		var ok bool
		if axes, ok = op.axes("axis", op.rank()); !ok {
			return nil
		}
	} else {
		for a, d := range op.args[0].shape {
			if d == 1 {
				axes = append(axes, a)
			}
		}
	}
	parts := slices.Repeat([]string{":"}, op.rank())
	for _, a := range axes {
		if op.args[0].shape[a] != 1 {
			op.refuse("takes axis %d away, whose size isn't 1 but %d", a, op.args[0].shape[a])
			return nil
		}
		parts[a] = "0"
	}
	return nn.Index{At: strings.Join(parts, ", ")}
}

func (op operation) flip() nn.Layer {
	axes, ok := op.axes("axis", op.rank())
	if !ok || !op.tensors(1) {
		return nil
	}
	parts := slices.Repeat([]string{":"}, op.rank())
	for _, a := range axes {
		parts[a] = "::-1"
	}
	return nn.Index{At: strings.Join(parts, ", ")}
}

// index reads x[key].
func (op operation) index() nn.Layer {
	if len(op.args) != 2 || len(op.node.From) != 1 || op.args[0].tensor == "" {
		op.refuse("takes what it picks from another layer: that is not supported")
		return nil
	}
	list, several := op.args[1].value.([]any)
	if !several {
		list = []any{op.args[1].value}
	}
	parts := make([]string, len(list))
	for i, v := range list {
		text, ok := indexPart(v)
		if !ok {
			op.refuse("picks %s: only whole numbers, slices, ... and None are supported", show(v))
			return nil
		}
		parts[i] = text
	}
	return nn.Index{At: strings.Join(parts, ", ")}
}

func indexPart(v any) (string, bool) {
	if x, ok := wholeOf(v); ok {
		return fmt.Sprint(x), true
	}
	if v == nil {
		return "None", true
	}
	fields, _ := v.(map[string]any)
	config, _ := fields["config"].(map[string]any)
	switch fields["class_name"] {
	case "__ellipsis__":
		return "...", true
	case "__slice__":
		text := ""
		for i, key := range []string{"start", "stop", "step"} {
			part := ""
			if config[key] != nil {
				x, ok := wholeOf(config[key])
				if !ok {
					return "", false
				}
				part = fmt.Sprint(x)
			}
			switch {
			case i == 1:
				text += ":"
			case i == 2 && part != "":
				text += ":"
			}
			text += part
		}
		return text, true
	}
	return "", false
}

// behind reads a list of whole numbers with one for each axis, whose first, of the batch, must be that one.
func (op operation) behind(key string, batch string) ([]int, bool) {
	list := op.config.list(key)
	if len(list) != op.rank() || show(list[0]) != batch {
		op.refuse("has %s=%s: only what leaves the batch alone is supported", key, show(op.config.get(key)))
		return nil, false
	}
	var all []int
	for _, v := range list[1:] {
		pair, isPair := v.([]any)
		if !isPair {
			pair = []any{v}
		}
		for _, one := range pair {
			x, ok := wholeOf(one)
			if !ok {
				op.refuse("has %s=%s, which holds %s", key, show(op.config.get(key)), show(one))
				return nil, false
			}
			all = append(all, x)
		}
	}
	return all, true
}

func (op operation) pad() nn.Layer {
	p := nn.Pad{Mode: op.config.text("mode")}
	var ok bool
	if p.Widths, ok = op.behind("pad_width", "[0,0]"); !ok {
		return nil
	}
	if p.Mode == "constant" {
		p.Mode = ""
	}
	if len(op.args) == 2 && op.args[1].tensor == "" && len(op.args[1].constant) == 1 {
		p.Value = op.args[1].constant[0]
	} else if !op.tensors(1) {
		return nil
	}
	return p
}

func (op operation) tile() nn.Layer {
	times, ok := op.behind("repeats", "1")
	if !ok || !op.tensors(1) {
		return nil
	}
	return nn.Tile{Times: times}
}

func (op operation) repeat() nn.Layer {
	axis, ok := op.axis("axis", op.rank())
	if !ok || !op.tensors(1) {
		return nil
	}
	tile, err := nn.RepeatAlong(axis, op.config.whole("repeats", 1, maxSize), op.rank())
	if err != nil {
		op.refuse("is not supported: %v", err)
		return nil
	}
	return tile
}

// reshape reads a new shape that leaves the batch as it is.
func (op operation) reshape() nn.Layer {
	if !op.tensors(1) {
		return nil
	}
	list := op.config.list("newshape")
	row, target, open := 1, []int{}, false
	for _, d := range op.args[0].shape[1:] {
		row *= d
		open = open || d < 0
	}
	given := 1
	for i, v := range list {
		x, ok := wholeOf(v)
		switch {
		case i == 0 && (v == nil || ok && x == -1):
			continue
		case i == 0 || !ok || x == 0 || x < -1:
			op.refuse("has newshape=%s: only what leaves the batch, -1, in front is supported", show(op.config.get("newshape")))
			return nil
		}
		target, given = append(target, x), given*x
	}
	if whole := !slices.Contains(target, -1); len(target) == 0 || whole && (open || given != row) {
		op.refuse("has newshape=%s, which makes more or fewer rows of an input %v: that is not supported", show(op.config.get("newshape")), op.args[0].shape)
		return nil
	}
	return nn.Reshape{Target: target}
}

// resize is the layer Resizing as a function.
func (op operation) resize() nn.Layer {
	if !op.tensors(1) {
		return nil
	}
	if op.rank() != 4 {
		op.refuse("takes images [batch, height, width, channels] here, not %d axes", op.rank())
		return nil
	}
	size := (source{op.config}).Wholes("size", false)
	if len(size) != 2 || size[0] < 1 || size[1] < 1 || size[0] > maxSize || size[1] > maxSize {
		op.refuse("has size=%s, which is no height and width", show(op.config.get("size")))
		return nil
	}
	op.config.only("fill_mode", "constant")
	return nn.Resizing{Height: size[0], Width: size[1], Interpolation: op.config.text("interpolation"), Antialias: op.config.flag("antialias"),
		CropToAspectRatio: op.config.flag("crop_to_aspect_ratio"), PadToAspectRatio: op.config.flag("pad_to_aspect_ratio"),
		FillValue: op.config.number("fill_value"), DataFormat: op.config.text("data_format")}
}

func (op operation) roll() nn.Layer {
	axis, ok := op.axis("axis", op.rank())
	if !ok || !op.tensors(1) {
		return nil
	}
	return nn.Roll{Shift: op.config.whole("shift", -maxSize, maxSize), Axis: axis}
}

func (op operation) split() nn.Layer {
	axis, ok := op.axis("axis", op.rank())
	if !ok || !op.tensors(1) {
		return nil
	}
	s := nn.Split{Axis: axis}
	if _, several := op.config.get("indices_or_sections").([]any); several {
		s.At = (source{op.config}).Wholes("indices_or_sections", false)
	} else {
		s.Sections = op.config.whole("indices_or_sections", 1, MaxLayers)
	}
	return s
}

func (op operation) unstack() nn.Layer {
	axis, ok := op.axis("axis", op.rank())
	if !ok || !op.tensors(1) {
		return nil
	}
	return nn.Split{Axis: axis, Single: true}
}

func (op operation) stack() nn.Layer {
	axis, ok := op.axis("axis", op.rank()+1)
	if !ok || !op.tensors(len(op.args)) {
		return nil
	}
	return nn.Stack{Axis: axis}
}

func (op operation) take() nn.Layer {
	axis, ok := op.axis("axis", op.rank())
	if !ok {
		return nil
	}
	if len(op.args) != 2 || op.args[1].tensor != "" || len(op.args[1].sizes) != 1 {
		op.refuse("takes %d arguments: only a list of places is supported", len(op.args))
		return nil
	}
	t := nn.Take{Axis: axis}
	for _, x := range op.args[1].constant {
		t.Indices = append(t.Indices, int(x))
	}
	return t
}

// permuted is the order of axes with the batch in front.
func (op operation) permuted(order []int) nn.Layer {
	if !op.tensors(1) {
		return nil
	}
	if len(order) != op.rank() || order[0] != 0 {
		op.refuse("moves the batch from the front: that is not supported")
		return nil
	}
	return nn.Permute{Dims: order[1:]}
}

func (op operation) transpose() nn.Layer {
	order := (source{op.config}).Wholes("axes", false)
	for i, a := range order {
		if a < 0 {
			order[i] += op.rank()
		}
	}
	return op.permuted(order)
}

func (op operation) inOrder() []int {
	order := make([]int, op.rank())
	for i := range order {
		order[i] = i
	}
	return order
}

func (op operation) swapaxes() nn.Layer {
	a, ok1 := op.axis("axis1", op.rank())
	b, ok2 := op.axis("axis2", op.rank())
	if !ok1 || !ok2 {
		return nil
	}
	order := op.inOrder()
	order[a], order[b] = b, a
	return op.permuted(order)
}

func (op operation) moveaxis() nn.Layer {
	from, ok1 := op.axes("source", op.rank())
	to, ok2 := op.axes("destination", op.rank())
	if !ok1 || !ok2 || len(from) != len(to) {
		return nil
	}
	rest := slices.DeleteFunc(op.inOrder(), func(a int) bool { return slices.Contains(from, a) })
	order := make([]int, op.rank())
	for i := range order {
		if k := slices.Index(to, i); k >= 0 {
			order[i] = from[k]
		} else if len(rest) > 0 {
			order[i], rest = rest[0], rest[1:]
		}
	}
	return op.permuted(order)
}

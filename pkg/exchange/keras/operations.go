package keras

import (
	"fmt"
	"slices"
	"strings"

	"example.com/unstuck/pkg/nn"
)

// operations make layers of the functions of keras.ops, by their classes. nil: it can't be, which is reported.
var operations = map[string]func(op operation, class string) nn.Layer{}

func init() {
	each := func(read func(op operation, class string) nn.Layer, classes ...string) {
		for _, class := range classes {
			operations[class] = read
		}
	}
	each(operation.unary, "Absolute", "Ceil", "Cos", "Erf", "Exp", "Expm1", "Floor", "Log", "Log10", "Log1p", "Log2", "LogicalNot", "Negative",
		"OnesLike", "Reciprocal", "Rsqrt", "Sign", "Sin", "Sqrt", "Square", "StopGradient", "Tan", "ZerosLike")
	each(operation.binary, "Add", "Divide", "Equal", "FloorDivide", "Greater", "GreaterEqual", "Less", "LessEqual", "LogicalAnd", "LogicalOr",
		"LogicalXor", "Maximum", "Minimum", "Mod", "Multiply", "NotEqual", "Power", "Subtract", "TrueDivide")
	each(operation.reduce, "All", "Any", "Argmax", "Argmin", "Logsumexp", "Max", "Mean", "Min", "Norm", "Std", "Sum", "Var")
	each(operation.activation, "Elu", "Gelu", "HardSigmoid", "HardSilu", "HardTanh", "LeakyRelu", "LogSigmoid", "LogSoftmax", "Relu",
		"Relu6", "Selu", "Sigmoid", "Silu", "Softmax", "Softplus", "Softsign", "SparsePlus", "SparseSigmoid", "Tanh", "TanhShrink")
	for class, read := range map[string]func(op operation) nn.Layer{
		"Cast": operation.cast, "Clip": operation.clip, "Concatenate": operation.concatenate, "ConvertToTensor": operation.convert, "Cumsum": operation.cumsum,
		"Dot": operation.matmul, "Einsum": operation.einsum, "ExpandDims": operation.expandDims, "Flip": operation.flip, "GetItem": operation.index,
		"Matmul": operation.matmul, "Moveaxis": operation.moveaxis, "Normalize": operation.normalize, "OneHot": operation.oneHot, "Pad": operation.pad,
		"Repeat": operation.repeat, "Reshape": operation.reshape, "Roll": operation.roll, "Split": operation.split, "Squeeze": operation.squeeze,
		"Stack": operation.stack, "Swapaxes": operation.swapaxes, "Take": operation.take, "Tile": operation.tile, "Transpose": operation.transpose,
		"Unstack": operation.unstack, "Where": operation.where,
	} {
		operations[class] = func(op operation, _ string) nn.Layer { return read(op) }
	}
}

func (op operation) unary(class string) nn.Layer {
	if !op.tensors(1) {
		return nil
	}
	return nn.Unary{Function: function(class)}
}

func (op operation) binary(class string) nn.Layer {
	b := nn.Binary{Function: function(class)}
	if len(op.args) != 2 {
		op.refuse("takes %d arguments, two are supported", len(op.args))
		return nil
	}
	x, y := op.args[0], op.args[1]
	if x.boolean && y.boolean && slices.Contains([]string{"Add", "Multiply", "Subtract"}, class) {
		op.refuse("computes with true and false alone: that is not supported")
		return nil
	}
	if len(op.node.From) == 2 {
		return b
	}
	constant := y
	if x.tensor == "" {
		constant, b.ConstantFirst = x, true
	}
	if constant.constant == nil {
		op.refuse("takes %s: only finite numbers and lists of them are supported beside a layer's output", show(constant.value))
		return nil
	}
	b.Constant, b.ConstantShape = constant.constant, constant.sizes
	return b
}

func (op operation) reduce(class string) nn.Layer {
	r := nn.Reduce{Function: strings.ToLower(class), KeepDims: op.config.flag("keepdims")}
	if !op.tensors(1) {
		return nil
	}
	op.config.only("initial")
	if class == "Norm" {
		op.config.only("ord", 2, "fro", "euclidean")
	}
	var ok bool
	if r.Axes, ok = op.axes("axis", op.rank()); !ok {
		return nil
	}
	if class == "Norm" && len(r.Axes) > 1 && op.config.get("ord") != nil && op.config.get("ord") != "fro" {
		op.refuse("is the norm of a matrix: that is not supported")
		return nil
	}
	return r
}

// activation reads a function that is an activation here. Unlike the layer, it lets no mask pass.
func (op operation) activation(class string) nn.Layer {
	if !op.tensors(1) {
		return nil
	}
	op.node.Unmasked = true
	var a nn.Activation
	switch class {
	case "Elu":
		a = nn.ELU{Alpha: op.config.number("alpha")}
	case "LeakyRelu":
		a = nn.LeakyReLU{NegativeSlope: op.config.number("negative_slope")}
	case "Gelu":
		a = nn.GELU{Approximate: op.config.flag("approximate")}
	case "Softmax", "LogSoftmax":
		if axis, ok := op.axis("axis", op.rank()); !ok || axis != op.rank()-1 {
			op.refuse("goes over another axis than the last: that is not supported")
			return nil
		}
	}
	if a == nil {
		a, _ = nn.ActivationByName(function(class))
	}
	return a
}

func (op operation) cast() nn.Layer {
	if !op.tensors(1) {
		return nil
	}
	switch to := op.config.text("dtype"); to {
	case "float32":
		return nn.Cast{}
	case "bool":
		return nn.Cast{To: "bool"}
	case "int32", "int64":
		return nn.Cast{To: "int32"}
	default:
		op.refuse("makes %s: only float32, int32, int64 and bool are supported", show(to))
		return nil
	}
}

func (op operation) convert() nn.Layer {
	if !op.tensors(1) {
		return nil
	}
	op.config.only("dtype", "float32")
	op.config.only("sparse", false)
	return nn.Cast{}
}

func (op operation) clip() nn.Layer {
	if !op.tensors(1) {
		return nil
	}
	return nn.Clip{Low: op.config.number("x_min"), High: op.config.number("x_max")}
}

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

func (op operation) cumsum() nn.Layer {
	axis, ok := op.axis("axis", op.rank())
	if !ok || !op.tensors(1) {
		return nil
	}
	op.config.only("dtype", "float32")
	return nn.Cumsum{Axis: axis}
}

func (op operation) matmul() nn.Layer {
	if len(op.args) == 2 && len(op.node.From) == 1 && op.args[0].tensor != "" && op.args[1].constant != nil {
		return nn.Matmul{Constant: op.args[1].constant, ConstantShape: op.args[1].sizes}
	}
	if !op.tensors(2) {
		return nil
	}
	if x, y := op.args[0], op.args[1]; len(x.shape) != len(y.shape) || len(x.shape) < 3 || op.text("class_name") == "Dot" {
		op.refuse("multiplies %d axes by %d, so that rows of the batch meet others: that is not supported", len(x.shape), len(y.shape))
		return nil
	}
	return nn.Matmul{}
}

func (op operation) einsum() nn.Layer {
	if !op.tensors(2) {
		return nil
	}
	return nn.Einsum{Equation: op.config.text("subscripts")}
}

// before is an index that takes all of so many axes.
func before(axes int) string { return strings.Repeat(":, ", axes) }

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

func (op operation) normalize() nn.Layer {
	axis, ok := op.axis("axis", op.rank())
	if !ok || !op.tensors(1) {
		return nil
	}
	op.config.only("order", 2)
	n := nn.Normalize{Axis: axis}
	if op.config.has("epsilon") {
		n.Epsilon = op.config.positive("epsilon")
	}
	return n
}

func (op operation) oneHot() nn.Layer {
	if !op.tensors(1) {
		return nil
	}
	if axis, ok := op.axis("axis", op.rank()+1); !ok || axis != op.rank() {
		op.refuse("puts classes at another axis than the last: that is not supported")
		return nil
	}
	op.config.only("dtype", "float32")
	op.config.only("sparse", false)
	return nn.OneHot{Classes: op.config.whole("num_classes", 1, maxSize)}
}

// whole reads a list of whole numbers with one for each axis, whose first, of the batch, must be that one.
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

func (op operation) where() nn.Layer {
	if len(op.args) != 3 || op.args[0].tensor == "" {
		op.refuse("is supported with a condition and two values alone")
		return nil
	}
	w := nn.Where{}
	for i, number := range []*[]float64{&w.Then, &w.Else} {
		a := op.args[i+1]
		switch {
		case a.tensor != "":
		case len(a.constant) == 1:
			*number = a.constant
		default:
			op.refuse("takes %s: only a layer's output and a number are supported", show(a.value))
			return nil
		}
	}
	return w
}

package keras

import (
	"slices"
	"strings"

	"example.com/unstuck/pkg/nn"
)

// This file reads functions of values: of each by itself, over axes, and products.

func (op operation) unary(class string) nn.Layer {
	if !op.tensors(1) {
		return nil
	}
	switch class {
	case "Round":
		op.config.only("decimals", 0)
	case "NanToNum":
		op.config.only("nan", 0)
		op.config.only("posinf")
		op.config.only("neginf")
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
	if same := map[string]string{"Amax": "max", "Amin": "min", "Average": "mean"}[class]; same != "" {
		r.Function = same
	}
	if !op.tensors(1) {
		return nil
	}
	op.config.only("initial")
	op.config.only("dtype", "float32")
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
	case "Celu":
		op.config.only("alpha", 1)
	case "Squareplus":
		op.config.only("b", 4)
	case "HardShrink", "SoftShrink":
		op.config.only("threshold", 0.5)
	case "Threshold":
		return nn.Threshold{At: op.config.number("threshold"), Below: op.config.number("default_value")}
	case "Softmax", "LogSoftmax", "Glu", "Sparsemax":
		axes, ok := op.axes("axis", op.rank())
		switch last := slices.Equal(axes, []int{op.rank() - 1}); {
		case !ok:
			return nil
		case last:
		case class == "Softmax":
			return nn.SoftmaxOver{Axes: axes}
		case class == "LogSoftmax":
			op.node.Unmasked = false // no operation passes masks on
			return nn.LogSoftmaxOver{Axes: axes}
		default:
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

// tensordot reads a product with a constant matrix over the last axis.
func (op operation) tensordot() nn.Layer {
	v := op.config.get("axes")
	x := op.args[0]
	last := len(x.shape) - 1
	one, isOne := wholeOf(v)
	lists, _ := v.([]any)
	over := func(i int) (int, bool) { // [2, 0] or [[2], [0]]
		if len(lists) != 2 {
			return 0, false
		}
		if list, ok := lists[i].([]any); ok && len(list) == 1 {
			return wholeOf(list[0])
		}
		return wholeOf(lists[i])
	}
	a, ok1 := over(0)
	b, ok2 := over(1)
	fits := isOne && one == 1 || ok1 && ok2 && (a == last || a == -1) && (b == 0 || b == -2)
	if !fits || len(op.args) != 2 || x.tensor == "" || len(op.args[1].sizes) != 2 || op.args[1].constant == nil {
		op.refuse("is supported over the last axis and with a constant matrix alone; with axes=%s it is another", show(v))
		return nil
	}
	return nn.Matmul{Constant: op.args[1].constant, ConstantShape: op.args[1].sizes}
}

func (op operation) topK() nn.Layer {
	if !op.tensors(1) {
		return nil
	}
	op.config.ignore("sorted") // if not, their order is nobody's to rely on
	return nn.TopK{K: op.config.whole("k", 1, maxSize)}
}

func (op operation) diff() nn.Layer {
	axis, ok := op.axis("axis", op.rank())
	if !ok || !op.tensors(1) {
		return nil
	}
	op.config.only("n", 1)
	return nn.Diff{Axis: axis}
}

func (op operation) triangle(class string) nn.Layer {
	if !op.tensors(1) {
		return nil
	}
	return nn.Triangle{Upper: class == "Triu", Diagonal: op.config.whole("k", -maxSize, maxSize)}
}

func (op operation) copied() nn.Layer {
	if !op.tensors(1) {
		return nil
	}
	op.node.Unmasked = true
	return nn.Linear{}
}

func (op operation) einsum() nn.Layer {
	if !op.tensors(2) {
		return nil
	}
	return nn.Einsum{Equation: op.config.text("subscripts")}
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

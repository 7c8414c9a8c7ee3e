package nn

import (
	"fmt"
	"slices"
	"strings"

	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/ml/model"
)

// Add is the sum of its inputs, as Keras' Add.
//
// Shapes: all the same, or such that they broadcast as in NumPy, inputs with fewer axes getting axes of size 1 behind
// the batch → the shape that all broadcast to. So for all layers of this file.
type Add struct {
	Name string `keras:"-"` // empty: "add", "add_1", …
}

// Subtract is the first input less the second, as Keras' Subtract.
type Subtract struct {
	Name string `keras:"-"` // empty: "subtract", "subtract_1", …
}

// Multiply is the product of its inputs, value by value, as Keras' Multiply.
type Multiply struct {
	Name string `keras:"-"` // empty: "multiply", "multiply_1", …
}

// Average is the mean of its inputs, value by value, as Keras' Average.
type Average struct {
	Name string `keras:"-"` // empty: "average", "average_1", …
}

// Maximum is the largest of its inputs, value by value, as Keras' Maximum. Of equal ones the gradient is shared.
type Maximum struct {
	Name string `keras:"-"` // empty: "maximum", "maximum_1", …
}

// Minimum is the smallest of its inputs, value by value, as Keras' Minimum. Of equal ones the gradient is shared.
type Minimum struct {
	Name string `keras:"-"` // empty: "minimum", "minimum_1", …
}

var (
	_ = layers.Add(Add{})
	_ = layers.Add(Subtract{})
	_ = layers.Add(Multiply{})
	_ = layers.Add(Average{})
	_ = layers.Add(Maximum{})
	_ = layers.Add(Minimum{})
)

// OutputShapes is the shape that all inputs broadcast to.
func (Add) OutputShapes(inputs [][]int) ([][]int, error) { return mergedShapes("Add", inputs) }

// TorchSteps is +.
func (Add) TorchSteps(inputs [][]int) ([]TorchStep, error) {
	return torchOperator("Add", inputs, " + ")
}

// Apply panics: there is nothing to merge with.
func (Add) Apply(_ *model.Scope, x *graph.Node) *graph.Node { return alone("Add") }

// ApplyAll returns the sum of two or more inputs.
func (Add) ApplyAll(_ *model.Scope, xs []*graph.Node) []*graph.Node {
	return merge("Add", xs, graph.Add)
}

// OutputShapes is the shape that all inputs broadcast to.
func (Subtract) OutputShapes(inputs [][]int) ([][]int, error) {
	return mergedShapes("Subtract", inputs)
}

// TorchSteps is -.
func (Subtract) TorchSteps(inputs [][]int) ([]TorchStep, error) {
	return torchOperator("Subtract", inputs, " - ")
}

// Apply panics: there is nothing to merge with.
func (Subtract) Apply(_ *model.Scope, x *graph.Node) *graph.Node { return alone("Subtract") }

// ApplyAll returns the difference of two inputs.
func (Subtract) ApplyAll(_ *model.Scope, xs []*graph.Node) []*graph.Node {
	if len(xs) != 2 {
		panic(fmt.Errorf("Subtract takes two inputs, here are %d", len(xs)))
	}
	return merge("Subtract", xs, graph.Sub)
}

// OutputShapes is the shape that all inputs broadcast to.
func (Multiply) OutputShapes(inputs [][]int) ([][]int, error) {
	return mergedShapes("Multiply", inputs)
}

// TorchSteps is *.
func (Multiply) TorchSteps(inputs [][]int) ([]TorchStep, error) {
	return torchOperator("Multiply", inputs, " * ")
}

// torchMasked takes 1 for what doesn't count, and gives 0 where no input has a step that does.
func (Multiply) torchMasked(inputs [][]int, masks []bool) ([]TorchStep, error) {
	if torchMerged(inputs) == ChannelsAsHere {
		return nil, fmt.Errorf("Multiply of masked inputs of shapes %s: PyTorch has no short form for it", listed(inputs))
	}
	operands, counts := make([]string, len(inputs)), make([]string, len(inputs))
	all := true
	for i, masked := range masks {
		operands[i], counts[i] = fmt.Sprintf("{%d}", i), fmt.Sprintf("{mask%d}", i)
		if masked {
			operands[i] = fmt.Sprintf("torch.where({mask%d}[..., None], {%d}, 1.0)", i, i)
		}
		all = all && masked
	}
	text := strings.Join(operands, " * ")
	if all {
		text = "torch.where((" + strings.Join(counts, " | ") + ")[..., None], " + text + ", 0.0)"
	}
	return []TorchStep{{Forward: text}}, nil
}

// Apply panics: there is nothing to merge with.
func (Multiply) Apply(_ *model.Scope, x *graph.Node) *graph.Node { return alone("Multiply") }

// ApplyAll returns the product of two or more inputs. Steps that an input's mask leaves out count as 1, and where all inputs
// leave a step out it gives 0.
func (Multiply) ApplyAll(_ *model.Scope, xs []*graph.Node) []*graph.Node {
	masks := masksOf(xs)
	given := make([]*graph.Node, len(xs))
	for i, x := range xs {
		given[i] = whereCounts(asFloat(x), masks[i], 1)
	}
	y := merge("Multiply", given, graph.Mul)[0]
	return []*graph.Node{whereCounts(y, anyOf(masks), 0)}
}

// whereCounts is x where the mask, of one axis less, says that a step counts, and a number elsewhere; x for no mask.
func whereCounts(x, mask *graph.Node, other float64) *graph.Node {
	if mask == nil {
		return x
	}
	return graph.Where(stretched(mask, x), x, graph.Scalar(x.Graph(), x.DType(), other))
}

// OutputShapes is the shape that all inputs broadcast to.
func (Average) OutputShapes(inputs [][]int) ([][]int, error) { return mergedShapes("Average", inputs) }

// TorchSteps is the sum by the number of inputs.
func (Average) TorchSteps(inputs [][]int) ([]TorchStep, error) {
	steps, err := torchOperator("Average", inputs, " + ")
	if err != nil {
		return nil, err
	}
	steps[0].Forward = fmt.Sprintf("(%s) / %d", steps[0].Forward, len(inputs))
	return steps, nil
}

// Apply panics: there is nothing to merge with.
func (Average) Apply(_ *model.Scope, x *graph.Node) *graph.Node { return alone("Average") }

// ApplyAll returns the mean of two or more inputs.
func (Average) ApplyAll(_ *model.Scope, xs []*graph.Node) []*graph.Node {
	sum := merge("Average", xs, graph.Add)[0]
	return []*graph.Node{graph.DivScalar(sum, float64(len(xs)))}
}

// OutputShapes is the shape that all inputs broadcast to.
func (Maximum) OutputShapes(inputs [][]int) ([][]int, error) { return mergedShapes("Maximum", inputs) }

// TorchSteps is torch.maximum, of two at a time.
func (Maximum) TorchSteps(inputs [][]int) ([]TorchStep, error) {
	return torchFunction("Maximum", inputs, "torch.maximum")
}

// Apply panics: there is nothing to merge with.
func (Maximum) Apply(_ *model.Scope, x *graph.Node) *graph.Node { return alone("Maximum") }

// ApplyAll returns the largest of two or more inputs, of those that count where some don't by their masks.
func (Maximum) ApplyAll(_ *model.Scope, xs []*graph.Node) []*graph.Node {
	return mergeCounted("Maximum", xs, larger)
}

// OutputShapes is the shape that all inputs broadcast to.
func (Minimum) OutputShapes(inputs [][]int) ([][]int, error) { return mergedShapes("Minimum", inputs) }

// TorchSteps is torch.minimum, of two at a time.
func (Minimum) TorchSteps(inputs [][]int) ([]TorchStep, error) {
	return torchFunction("Minimum", inputs, "torch.minimum")
}

// Apply panics: there is nothing to merge with.
func (Minimum) Apply(_ *model.Scope, x *graph.Node) *graph.Node { return alone("Minimum") }

// ApplyAll returns the smallest of two or more inputs, of those that count where some don't by their masks.
func (Minimum) ApplyAll(_ *model.Scope, xs []*graph.Node) []*graph.Node {
	return mergeCounted("Minimum", xs, smaller)
}

// mergeCounted merges without steps that a mask leaves out, from the left to the right as Keras does: in their place is
// what the others give.
func mergeCounted(layer string, xs []*graph.Node, op func(a, b *graph.Node) *graph.Node) []*graph.Node {
	masks := masksOf(xs)
	if !slices.ContainsFunc(masks, func(m *graph.Node) bool { return m != nil }) {
		return merge(layer, xs, op)
	}
	y, counts := asFloat(xs[0]), masks[0]
	for i, x := range xs[1:] {
		x = asFloat(x)
		if m := masks[i+1]; m != nil {
			x = graph.Where(stretched(m, x), x, y)
		}
		if counts != nil {
			y = graph.Where(stretched(counts, y), y, x)
		}
		counts = anyOf([]*graph.Node{counts, masks[i+1]})
		y = merge(layer, []*graph.Node{y, x}, op)[0]
	}
	return []*graph.Node{y}
}

// stretched is a mask, of one axis less than x, with the shape of x.
func stretched(mask, x *graph.Node) *graph.Node {
	if mask.Rank() != x.Rank()-1 {
		panic(fmt.Errorf("a mask of shape %s doesn't fit %s", mask.Shape(), x.Shape()))
	}
	return graph.BroadcastToDims(graph.InsertAxes(mask, -1), x.Shape().Dimensions...)
}

func alone(layer string) *graph.Node {
	panic(fmt.Errorf("%s merges several inputs, here is one: use it in an nn.Graph", layer))
}

func mergedShapes(layer string, inputs [][]int) ([][]int, error) {
	merged, _, err := mergedShape(layer, inputs)
	return [][]int{merged}, err
}

// mergedShape is the shape that all inputs broadcast to, and each with axes of size 1 behind its batch, so that all have
// as many.
func mergedShape(layer string, inputs [][]int) (merged []int, full [][]int, err error) {
	if len(inputs) < 2 {
		return nil, nil, fmt.Errorf("%s merges several inputs, here is one: use it in an nn.Graph", layer)
	}
	rank := 0
	for _, shape := range inputs {
		if len(shape) == 0 {
			return nil, nil, fmt.Errorf("%s needs inputs [batch, …], got a scalar", layer)
		}
		rank = max(rank, len(shape))
	}
	merged = make([]int, rank)
	for _, shape := range inputs {
		padded := append([]int{shape[0]}, slices.Repeat([]int{1}, rank-len(shape))...)
		padded = append(padded, shape[1:]...)
		full = append(full, padded)
		for axis, d := range padded {
			switch {
			case merged[axis] == 0 || merged[axis] == 1:
				merged[axis] = d
			case d != 1 && d != merged[axis]:
				return nil, nil, fmt.Errorf("%s can't merge inputs of shapes %s: axis %d has sizes %d and %d", layer, listed(inputs), axis, merged[axis], d)
			}
		}
	}
	return merged, full, nil
}

// merge combines two or more inputs from the left to the right.
func merge(layer string, xs []*graph.Node, op func(a, b *graph.Node) *graph.Node) []*graph.Node {
	merged, full, err := mergedShape(layer, shapesOf(xs))
	if err != nil {
		panic(err)
	}
	var y *graph.Node
	for i, x := range xs {
		x = graph.BroadcastToDims(graph.Reshape(asFloat(x), full[i]...), merged...)
		if i == 0 {
			y = x
			continue
		}
		y = op(y, x)
	}
	return []*graph.Node{y}
}

func shapesOf(xs []*graph.Node) [][]int {
	shapes := make([][]int, len(xs))
	for i, x := range xs {
		shapes[i] = x.Shape().Dimensions
	}
	return shapes
}

func listed(shapes [][]int) string {
	texts := make([]string, len(shapes))
	for i, s := range shapes {
		texts[i] = fmt.Sprint(s)
	}
	return strings.Join(texts, ", ")
}

// torchOperands are the inputs as PyTorch broadcasts them, which has the axes of size 1 before the batch.
func torchOperands(layer string, inputs [][]int) ([]string, error) {
	merged, _, err := mergedShape(layer, inputs)
	operands := make([]string, len(inputs))
	for i, shape := range inputs {
		operands[i] = fmt.Sprintf("{%d}", i)
		if missing := len(merged) - len(shape); missing > 0 {
			operands[i] += "[:" + strings.Repeat(", None", missing) + "]"
		}
	}
	return operands, err
}

func torchOperator(layer string, inputs [][]int, operator string) ([]TorchStep, error) {
	operands, err := torchOperands(layer, inputs)
	return []TorchStep{{Forward: strings.Join(operands, operator), Layout: torchMerged(inputs)}}, err
}

// torchMerged is where channels may lie: anywhere, as long as all inputs have the same axes.
func torchMerged(inputs [][]int) TorchLayout {
	for _, shape := range inputs {
		if len(shape) != len(inputs[0]) {
			return ChannelsAsHere
		}
	}
	return ChannelsAnywhere
}

func torchFunction(layer string, inputs [][]int, function string) ([]TorchStep, error) {
	operands, err := torchOperands(layer, inputs)
	if err != nil {
		return nil, err
	}
	text := operands[0]
	for _, operand := range operands[1:] {
		text = function + "(" + text + ", " + operand + ")"
	}
	return []TorchStep{{Forward: text, Layout: torchMerged(inputs)}}, nil
}

package nn

import (
	"fmt"
	"slices"

	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/ml/model"
)

// Dot multiplies its two inputs along an axis of each and sums over it, row by row, as Keras' Dot.
//
// Shapes: [batch, …] and [batch, …], the axes having the same size → the first's without its axis, then the second's
// without batch and axis; [batch, 1] where nothing but the batch is left.
type Dot struct {
	Name      string `keras:"-"`                        // empty: "dot", "dot_1", …
	Axes      []int  `keras:"axes,positional,required"` // one of each input, counted with the batch as 0, from the end when negative
	Normalize bool   // divides by the Euclidean norm along the axis first, so that the result is a cosine
}

var _ = layers.Add(Dot{})

// Simplest has two axes where Keras was given one for both inputs.
func (d Dot) Simplest() any {
	if len(d.Axes) == 1 {
		d.Axes = []int{d.Axes[0], d.Axes[0]}
	}
	return d
}

// Apply panics: there is nothing to multiply with.
func (Dot) Apply(_ *model.Scope, x *graph.Node) *graph.Node { return alone("Dot") }

// ApplyAll returns the product. It panics when there aren't two inputs whose shapes match.
func (d Dot) ApplyAll(_ *model.Scope, xs []*graph.Node) []*graph.Node {
	out, err := d.OutputShapes(shapesOf(xs))
	if err != nil {
		panic(err)
	}
	axes := d.axes(shapesOf(xs))
	x, y := asFloat(xs[0]), asFloat(xs[1])
	if d.Normalize {
		x, y = unitNorm(x, axes[0]), unitNorm(y, axes[1])
	}
	z := graph.DotGeneral(x, axes[:1], []int{0}, y, axes[1:], []int{0})
	return []*graph.Node{graph.Reshape(z, out[0]...)}
}

// axes counts from the front.
func (d Dot) axes(inputs [][]int) []int {
	axes := slices.Clone(d.Axes)
	for i := range axes {
		if axes[i] < 0 {
			axes[i] += len(inputs[i])
		}
	}
	return axes
}

// OutputShapes is what is left of both inputs. The error says what doesn't match.
func (d Dot) OutputShapes(inputs [][]int) ([][]int, error) {
	if len(inputs) != 2 {
		return nil, fmt.Errorf("Dot takes two inputs, here are %d: use it in an nn.Graph", len(inputs))
	}
	if len(d.Axes) != 2 {
		return nil, fmt.Errorf("Dot.Axes is %v, must be an axis of each of the two inputs", d.Axes)
	}
	axes := d.axes(inputs)
	for i, axis := range axes {
		if axis < 1 || axis >= len(inputs[i]) {
			return nil, fmt.Errorf("Dot.Axes %v must name an axis behind the batch of inputs of shapes %s", d.Axes, listed(inputs))
		}
	}
	if inputs[0][axes[0]] != inputs[1][axes[1]] || inputs[0][0] != inputs[1][0] {
		return nil, fmt.Errorf("Dot can't multiply inputs of shapes %s along axes %v", listed(inputs), axes)
	}
	out := slices.Delete(slices.Clone(inputs[0]), axes[0], axes[0]+1)
	out = append(out, slices.Delete(slices.Clone(inputs[1]), axes[1], axes[1]+1)[1:]...)
	if len(out) == 1 {
		out = append(out, 1)
	}
	return [][]int{out}, nil
}

// TorchSteps is torch.einsum.
func (d Dot) TorchSteps(inputs [][]int) ([]TorchStep, error) {
	out, err := d.OutputShapes(inputs)
	if err != nil {
		return nil, err
	}
	const letters = "abcdefghijklmnopqrstuvwxyz"
	axes, used := d.axes(inputs), 2 // a is the batch, b what is summed over
	equations, operands, left := make([]string, 2), make([]string, 2), "a"
	for i, shape := range inputs {
		operands[i] = fmt.Sprintf("{%d}", i)
		if d.Normalize {
			operands[i] = fmt.Sprintf("nn.functional.normalize({%d}, dim=%d)", i, axes[i])
		}
		equations[i] = "a"
		for axis := 1; axis < len(shape); axis++ {
			if axis == axes[i] {
				equations[i] += "b"
				continue
			}
			if used == len(letters) {
				return nil, fmt.Errorf("Dot has inputs with too many axes, %s", listed(inputs))
			}
			equations[i] += letters[used : used+1]
			left += letters[used : used+1]
			used++
		}
	}
	text := fmt.Sprintf("torch.einsum('%s,%s->%s', %s, %s)", equations[0], equations[1], left, operands[0], operands[1])
	if len(left) < len(out[0]) {
		text += "[:, None]"
	}
	return []TorchStep{{Forward: text}}, nil
}

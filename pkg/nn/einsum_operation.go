package nn

import (
	"fmt"
	"strings"

	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/ml/model"
)

// Einsum multiplies two inputs and sums over the letters that aren't behind the arrow: "bij,bjk->bik". The batch is the
// first letter of both inputs and of the output. A letter must not stand twice in one of them.
//
// Shapes: as the equation says.
type Einsum struct {
	Name     string `keras:"-"` // empty: "einsum", "einsum_1", …
	Equation string // must be given
}

var _ = operations.Add(Einsum{})

// Apply panics: there is nothing to multiply with.
func (Einsum) Apply(_ *model.Scope, x *graph.Node) *graph.Node { return alone("Einsum") }

// ApplyAll adds the operation to the graph. It panics when the equation doesn't fit.
func (e Einsum) ApplyAll(_ *model.Scope, xs []*graph.Node) []*graph.Node {
	if _, err := e.OutputShapes(shapesOf(xs)); err != nil {
		panic(err)
	}
	return []*graph.Node{graph.Einsum(strings.ReplaceAll(e.Equation, " ", ""), asFloat(xs[0]), asFloat(xs[1]))}
}

// OutputShapes is what the equation makes of the inputs'. The error says why it can't.
func (e Einsum) OutputShapes(inputs [][]int) ([][]int, error) {
	left, out, arrow := strings.Cut(strings.ReplaceAll(e.Equation, " ", ""), "->")
	terms := strings.Split(left, ",")
	if !arrow || len(terms) != 2 || len(inputs) != 2 || strings.Contains(e.Equation, ".") {
		return nil, fmt.Errorf("Einsum.Equation is %q for %d inputs: must be \"ab…,ab…->a…\", two inputs without an ellipsis", e.Equation, len(inputs))
	}
	sizes := map[rune]int{}
	for i, term := range terms {
		if len(term) != len(inputs[i]) || term == "" || out == "" || term[0] != out[0] {
			return nil, fmt.Errorf("Einsum.Equation %q doesn't fit inputs of shapes %s: each letter is an axis, and the first of all is the batch", e.Equation, listed(inputs))
		}
		for k, letter := range term {
			switch d := inputs[i][k]; {
			case strings.Count(term, string(letter)) > 1:
				return nil, fmt.Errorf("Einsum.Equation is %q: %q stands twice in %q", e.Equation, letter, term)
			case sizes[letter] != 0 && sizes[letter] != d:
				return nil, fmt.Errorf("Einsum.Equation %q: axis %q has sizes %d and %d", e.Equation, letter, sizes[letter], d)
			default:
				sizes[letter] = d
			}
		}
	}
	var shape []int
	for _, letter := range out {
		if sizes[letter] == 0 || strings.Count(out, string(letter)) > 1 {
			return nil, fmt.Errorf("Einsum.Equation is %q: %q of the output must stand in an input, and once", e.Equation, letter)
		}
		shape = append(shape, sizes[letter])
	}
	return [][]int{shape}, nil
}

// Bends is true.
func (Einsum) Bends() bool { return true }

// KerasCall is keras.ops.einsum.
func (e Einsum) KerasCall(inputs []string) string {
	return fmt.Sprintf("keras.ops.einsum('%s', %s)", e.Equation, strings.Join(inputs, ", "))
}

// TorchSteps is torch.einsum.
func (e Einsum) TorchSteps(inputs [][]int) ([]TorchStep, error) {
	return torchAsHere(fmt.Sprintf("torch.einsum('%s', {0}, {1})", e.Equation))
}

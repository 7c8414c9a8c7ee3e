package keras

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"example.com/unstuck/pkg/nn"
)

var errTooLarge = errors.New("too large")

// checkSize reports a model of more than [MaxParameters] weights: a file of a few bytes can ask for any
// number of them, and whoever builds the model would have to find the memory. It also reports layers that don't fit
// together. Axes of unknown length count as 1; where not even their number is known, the first that fits does.
func (d *Description) checkSize(c *object) {
	var inputs [][]int
	for _, shape := range append([][]int{d.InputShape}, d.MoreInputs...) {
		input := []int{1}
		for _, n := range shape {
			input = append(input, max(n, 1))
		}
		inputs = append(inputs, input)
	}
	tries := [][][]int{inputs}
	if d.InputShape == nil && d.MoreInputs == nil {
		tries = [][][]int{{{1, 1}}, {{1, 1, 1}}, {{1, 1, 1, 1}}, {{1, 1, 1, 1, 1}}}
	}
	var err error
	for _, inputs := range tries {
		if err = d.sizeOn(c, inputs); err == nil || errors.Is(err, errTooLarge) {
			return
		}
	}
	var rows []string
	for _, input := range tries[0] {
		rows = append(rows, fmt.Sprint(input[1:]))
	}
	c.problem("layers", "they don't fit together on rows of shape %s, where sizes that are open count as 1: %v", strings.Join(rows, " and "), err)
}

// sizeOn follows the shapes from the inputs on.
func (d *Description) sizeOn(c *object, inputs [][]int) error {
	total := 0
	outputs, err := nn.Measure(d.Model, inputs, func(m nn.Measured) error {
		for _, w := range m.Weights {
			total = addUp(total, w.Size())
		}
		row := nn.Weight{Shape: m.Outputs[0]}.Size()
		if total > MaxParameters || row > MaxParameters {
			top, _, _ := strings.Cut(m.Path, "/")
			at := slices.IndexFunc(d.Layers, func(l Layer) bool { return l.Name == top })
			c.add(d.Layers[max(at, 0)].Path, "the model has more than %d weights, or values in a row, up to here", MaxParameters)
			return errTooLarge
		}
		return nil
	})
	if err == nil && d.InputShape != nil {
		d.outputRanks = nil
		for _, shape := range outputs {
			d.outputRanks = append(d.outputRanks, len(shape)-1)
		}
	}
	return err
}

// addUp adds sizes, up to a little more than MaxParameters.
func addUp(a, b int) int { return min(a, MaxParameters+1) + min(b, MaxParameters+1) }

package saved

import (
	"fmt"

	"example.com/unstuck/pkg/dataset"
	"example.com/unstuck/pkg/exchange/pictures"
	"example.com/unstuck/pkg/exchange/table"
	"example.com/unstuck/pkg/loss"
	"example.com/unstuck/pkg/nn"
	"example.com/unstuck/pkg/text"
	"example.com/unstuck/pkg/training"
)

// readTable reads a table as the model needs it, and notes what was assumed for that.
func (f Files) readTable(c *training.Training) (dataset.Data, error) {
	t, err := table.Open(f.Data, f.Table)
	if err != nil {
		return dataset.Data{}, err
	}
	trained := t.Rows()
	held, err := f.appendHeld(c, t)
	if err != nil {
		return dataset.Data{}, err
	}
	made, err := t.Make(need(*c), f.Table)
	switch {
	case err != nil && held:
		return dataset.Data{}, fmt.Errorf("%s with %s: %w", f.Data, f.Validation, err)
	case err != nil:
		return dataset.Data{}, fmt.Errorf("%s: %w", f.Data, err)
	}
	c.Assumed = append(made.Assumed, c.Assumed...)
	if !held {
		return made.Data, nil
	}
	n := 0
	for n < len(made.Rows) && made.Rows[n] < trained { // rows may have been left out
		n++
	}
	if n == 0 || n == len(made.Rows) {
		return dataset.Data{}, fmt.Errorf("%s with %s: no row with a target is left in one of them", f.Data, f.Validation)
	}
	c.Validation = made.Data.Range(n, len(made.Rows))
	return made.Data.Range(0, n), nil
}

// readPictures reads a folder of pictures as the model takes them, and notes what was assumed for that.
func (f Files) readPictures(c *training.Training) (dataset.Data, error) {
	n := need(*c)
	if len(n.Inputs) != 1 || len(n.Outputs) != 1 {
		return dataset.Data{}, fmt.Errorf("%s: pictures are for a model with one input and one output: for others give an .npz", f.Data)
	}
	made, err := pictures.Read(f.Data, pictures.Need{Shape: n.Inputs[0].Shape, ChannelsFirst: nn.FirstDataFormat(c.Model) == "channels_first", Output: n.Outputs[0]})
	c.Assumed = append(made.Assumed, c.Assumed...)
	return made.Data, err
}

// need is what a training's model takes and gives.
func need(t training.Training) table.Need {
	var n table.Need
	shapes := nn.InputShapes(t.Model)
	for i, from := range Sources(t) {
		in := table.Input{Source: from}
		if i < len(shapes) {
			in.Shape = shapes[i]
		}
		if i == 0 && t.InputShape != nil {
			in.Shape = t.InputShape
		}
		if i < len(t.Encodings) && from.Encode != nil {
			e := t.Encodings[i]
			_, in.Strings = e.Layer.(text.TextVectorization)
			in.OneText = len(e.Rows) == 1 && (len(e.Rows[0]) == 0 || len(e.Rows[0]) == 1 && e.Rows[0][0] == 1)
		}
		n.Inputs = append(n.Inputs, in)
	}
	heads, err := nn.Heads(t.Model)
	for i, name := range nn.OutputNames(t.Model) {
		out := table.Output{Name: name, Coding: codingOf(t.Loss, i)}
		if err == nil {
			out.Units, _ = nn.Units(heads[i].Layer)
		}
		n.Outputs = append(n.Outputs, out)
	}
	return n
}

// codingOf is how the targets of an output's loss are written.
func codingOf(l loss.Loss, output int) table.Coding {
	if all, several := l.(loss.Outputs); several {
		if output >= len(all) {
			return table.Numbers
		}
		l = all[output].Loss
	}
	switch l.(type) {
	case loss.SparseCategoricalCrossentropy:
		return table.ClassNumbers
	case loss.CategoricalCrossentropy, loss.CategoricalHinge, loss.CategoricalFocalCrossentropy, loss.KLDivergence:
		return table.OneHot
	case loss.BinaryCrossentropy, loss.Hinge, loss.SquaredHinge, loss.BinaryFocalCrossentropy:
		return table.ZeroOne
	}
	return table.Numbers
}

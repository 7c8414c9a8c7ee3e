// Package nnfigure draws models:
//
//	diagram, err := nnfigure.Diagram(net, []int{10}) // rows of 10 features
//	notebook.Show(diagram)
package nnfigure

import (
	"errors"
	"fmt"

	"example.com/unstuck/pkg/figure"
	"example.com/unstuck/pkg/nn"
)

// Diagram is the picture of a model for inputs of those shapes, given without the batch; sizes must be positive. For an
// [nn.Graph] whose inputs say their shapes none need be given. Each layer is a box with its name, type, output
// shape, as Keras writes it, and number of parameters. Layers made of others are frames; those used more than once have a
// colour, frozen ones are dashed.
//
// Errors: what [nn.Measure] refuses, such as shapes that don't fit and layers that wait for each other.
func Diagram(model nn.Layer, inputs ...[]int) (figure.Diagram, error) {
	if model == nil {
		return figure.Diagram{}, errors.New("nnfigure: there is no model to draw")
	}
	g, isGraph := nn.Bare(model).(nn.Graph)
	if isGraph && len(inputs) == 0 {
		for _, in := range g.Inputs {
			if in.Shape == nil {
				return figure.Diagram{}, fmt.Errorf("nnfigure: input %q of the graph doesn't say its shape: give the inputs' shapes", in.Name)
			}
			inputs = append(inputs, in.Shape)
		}
	}
	if len(inputs) == 0 {
		return figure.Diagram{}, errors.New("nnfigure: give the shape of the model's input, without the batch")
	}
	var shapes [][]int
	for i, in := range inputs {
		for _, d := range in {
			if d <= 0 {
				return figure.Diagram{}, fmt.Errorf("nnfigure: input %d has shape %v (without the batch), sizes must be positive", i, in)
			}
		}
		shapes = append(shapes, append([]int{batch}, in...))
	}
	// Errors of the whole name the layer's place.
	if _, err := nn.Measure(model, shapes, func(nn.Measured) error { return nil }); err != nil {
		return figure.Diagram{}, fmt.Errorf("nnfigure: %w", err)
	}
	w := &walk{}
	w.d.Title = "Model"
	var values []value
	for i, s := range shapes {
		name := "input"
		if isGraph {
			name = g.Inputs[i].Name
		} else if len(shapes) > 1 {
			name = fmt.Sprintf("input %d", i)
		}
		values = append(values, value{w.box(figure.Box{Name: name, Notes: []string{shapeText(s)}, End: true}), s})
	}
	outputs, err := w.model(model, values)
	if err != nil {
		return figure.Diagram{}, fmt.Errorf("nnfigure: %w", err)
	}
	for i, v := range outputs {
		name := "output"
		if isGraph && len(outputs) > 1 {
			name = "output " + g.Outputs[i]
		} else if len(outputs) > 1 {
			name = fmt.Sprintf("output %d", i)
		}
		to := w.box(figure.Box{Name: name, Notes: []string{shapeText(v.shape)}, End: true})
		w.d.Arrows = append(w.d.Arrows, figure.Arrow{From: v.box, To: to})
	}
	w.d.Subtitle = w.subtitle()
	return w.d, nil
}

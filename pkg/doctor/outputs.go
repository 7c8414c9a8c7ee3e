package doctor

import (
	"fmt"
	"slices"

	"example.com/unstuck/pkg/dataset"
	"example.com/unstuck/pkg/loss"
	"example.com/unstuck/pkg/nn"
)

// output is one of a case's outputs with what belongs to it. Rules look at one after the other.
type output struct {
	at     int
	name   string // empty for the only one
	loss   loss.Loss
	factor float64 // of the loss in the sum
	y      dataset.Array
	look   TargetLook // at the training rows; empty where none was asked for
}

// outputs are those that are trained on.
func (c Case) outputs() []output {
	names, targets := nn.OutputNames(c.Model), c.Data.Outputs()
	all, several := c.Loss.(loss.Outputs)
	var outputs []output
	for i, y := range targets {
		o := output{at: i, loss: c.Loss, factor: 1, y: y}
		if len(targets) > 1 {
			o.name = names[i]
		}
		if several {
			if all[i].Loss == nil {
				continue
			}
			o.loss, o.factor = all[i].Loss, all[i].Factor()
		}
		outputs = append(outputs, o)
	}
	return outputs
}

// outputs are those of the case with a look at their targets.
func (p *Patient) outputs() []output {
	outputs := p.Case.outputs()
	for i := range outputs {
		outputs[i].look = p.Look.TargetLook
		if at := outputs[i].at; at > 0 {
			outputs[i].look = p.Look.More[at-1]
		}
	}
	return outputs
}

// of is "" for the only output, and for others what a sentence about it begins with.
func (o output) of() string {
	if o.name == "" {
		return ""
	}
	return fmt.Sprintf("output %q: ", o.name)
}

// setLoss is the case with another loss of an output.
func (c Case) setLoss(at int, l loss.Loss) Case {
	if len(c.Data.MoreY) == 0 {
		c.Loss = l
		return c
	}
	all, several := c.Loss.(loss.Outputs)
	all = slices.Clone(all)
	if !several {
		for _, name := range nn.OutputNames(c.Model) {
			all = append(all, loss.Output{Name: name, Loss: c.Loss})
		}
	}
	all[at].Loss = l
	c.Loss = all
	return c
}

// setTargets is the case with other targets of an output.
func (c Case) setTargets(at int, y dataset.Array) Case {
	if at == 0 {
		c.Data.Y = y
		return c
	}
	c.Data.MoreY = slices.Clone(c.Data.MoreY)
	c.Data.MoreY[at-1] = y
	return c
}

// checkPorts refuses data and losses for another number of inputs or outputs than the model has.
func (c Case) checkPorts() error {
	inputs, outputs := nn.InputNames(c.Model), nn.OutputNames(c.Model)
	if n := 1 + len(c.Data.MoreX); n != len(inputs) {
		return fmt.Errorf("the model has %d inputs, %q, the data %d", len(inputs), inputs, n)
	}
	if n := 1 + len(c.Data.MoreY); n != len(outputs) {
		return fmt.Errorf("the model has %d outputs, %q, the data targets for %d", len(outputs), outputs, n)
	}
	if all, several := c.Loss.(loss.Outputs); several {
		if len(all) != len(outputs) {
			return fmt.Errorf("the model has %d outputs, %q, there are losses for %d", len(outputs), outputs, len(all))
		}
		return all.Validate()
	}
	return nil
}

// together is one treatment that does all of these, one behind the other; a single one stays as it is.
func together(each []Treatment) Treatment {
	all := each[0]
	if len(each) == 1 {
		return all
	}
	for _, t := range each[1:] {
		all.Text += "; " + t.Text
		all.Go += "\n" + t.Go
		all.Keras += "\n" + t.Keras
	}
	all.Apply = func(c Case) (Case, error) {
		for _, t := range each {
			var err error
			if c, err = t.Apply(c); err != nil {
				return c, err
			}
		}
		return c, nil
	}
	return all
}

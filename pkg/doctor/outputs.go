package doctor

import (
	"fmt"

	"example.com/unstuck/pkg/training"
)

// output is one of a training's outputs with what the doctor sees in its targets. Rules look at one after the other.
type output struct {
	training.Output
	look TargetLook // at the training rows
}

// outputs are those of the training with a look at their targets.
func (p *Patient) outputs() []output {
	var outputs []output
	for _, o := range p.Training.Outputs() {
		look := p.Look.TargetLook
		if o.At > 0 {
			look = p.Look.More[o.At-1]
		}
		outputs = append(outputs, output{o, look})
	}
	return outputs
}

// of is "" for the only output, and for others what a sentence about it begins with.
func (o output) of() string {
	if o.Name == "" {
		return ""
	}
	return fmt.Sprintf("output %q: ", o.Name)
}

// together is one treatment that does all of these, one behind the other; a single one stays as it is.
func together(each []Treatment) Treatment {
	all := each[0]
	if len(each) == 1 {
		return all
	}
	for _, t := range each[1:] {
		all.Text += "; " + t.Text
	}
	all.Apply = func(c training.Training) (training.Training, error) {
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

package doctor

import (
	"fmt"
	"slices"

	"example.com/unstuck/pkg/dataset"
	"example.com/unstuck/pkg/nn"
	"example.com/unstuck/pkg/training"
)

// output is one of a training's outputs with what the doctor sees in its targets. Rules look at one after the other.
type output struct {
	training.Output
	look       TargetLook // at the training rows
	prediction []int      // shape of a row; nil: not known
	places     int        // in a row, each with a prediction of its own: times, or pixels; 1 where the row has one
	head       head       // what makes it
	headed     bool       // whether that is known
}

// size is how many targets a place of a row has.
func (o output) size() int {
	if size := o.Targets.RowSize(); size%o.places == 0 {
		return size / o.places
	}
	return o.Targets.RowSize()
}

// ofPlaces is the look at the targets as if each place were a row: where it has one target that may be a class.
func (o output) ofPlaces() TargetLook {
	if o.places == 1 || o.size() != 1 {
		return o.look
	}
	return lookAtTargets(dataset.Array{Shape: []int{len(o.Targets.Values), 1}, Values: o.Targets.Values})
}

// placesIn is how many places a prediction's row has, where the features are units.
func placesIn(row []int, units int) int {
	if len(row) < 2 || units == 0 || !slices.Contains([]int{row[0], row[len(row)-1]}, units) {
		return 1
	}
	return max(1, sizeOf(row)/units)
}

func sizeOf(shape []int) int {
	size := 1
	for _, n := range shape {
		size *= n
	}
	return size
}

// predictionShapes are those of a row of each output; nil where they can't be told from the description.
func (p *Patient) predictionShapes() [][]int {
	var inputs [][]int
	for _, row := range p.Training.RowShapes() {
		inputs = append(inputs, append([]int{1}, row...))
	}
	shapes, err := nn.Measure(p.Training.Model, inputs, func(nn.Measured) error { return nil })
	if err != nil {
		return nil
	}
	for i, s := range shapes {
		shapes[i] = s[min(1, len(s)):]
	}
	return shapes
}

// outputs are those of the training with a look at their targets.
func (p *Patient) outputs() []output {
	var outputs []output
	shapes := p.predictionShapes()
	for _, o := range p.Training.Outputs() {
		look := p.Look.TargetLook
		if o.At > 0 {
			look = p.Look.More[o.At-1]
		}
		one := output{Output: o, look: look, places: 1}
		if one.head, one.headed = headOf(p.Training.Model, o.At); !one.headed {
			var row []int
			if o.At < len(shapes) {
				row = shapes[o.At]
			}
			one.head, one.headed = otherHead(p.Training.Model, o.At, row)
		}
		if one.headed && o.At < len(shapes) {
			one.prediction = shapes[o.At]
			one.places = placesIn(one.prediction, one.head.units)
		}
		outputs = append(outputs, one)
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

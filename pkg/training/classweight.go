package training

import (
	"errors"
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"

	"example.com/unstuck/pkg/dataset"
)

// checkClassWeight refuses weights of classes where Keras does: beside weights of rows, of several outputs, of targets with more
// than one label a row; also weights that no loss can be multiplied by.
func (t Training) checkClassWeight() error {
	if len(t.ClassWeight) == 0 {
		return nil
	}
	y := t.Data.Y
	switch {
	case t.Data.SampleWeight != nil:
		return errors.New("both ClassWeight and the data's SampleWeight are given: give one of them, as Keras demands; SampleWeight can hold their product")
	case len(t.Data.MoreY) > 0:
		return errors.New("ClassWeight is given for a model with several outputs: give the weight of each row as SampleWeight")
	case y.RowSize() > 1 && y.RowSize() != y.Shape[len(y.Shape)-1]:
		return fmt.Errorf("ClassWeight is given for targets of shape %v, which have several labels in a row: give the weight of each row as SampleWeight", y.Shape)
	}
	for _, class := range slices.Sorted(maps.Keys(t.ClassWeight)) {
		if w := t.ClassWeight[class]; !(w >= 0) || math.IsInf(w, 0) {
			return fmt.Errorf("class %d has weight %g: must be finite and not negative", class, w)
		}
	}
	if weights := t.ClassWeighted(t.Data.Range(0, t.TrainRows())).SampleWeight; !slices.ContainsFunc(weights, func(w float32) bool { return w > 0 }) {
		return errors.New("every row's class has weight 0: nothing would be trained")
	}
	return nil
}

// ClassesWithoutRows are the classes that have a weight, and no row that is trained on, in ascending order. Keras says nothing of
// them. It is for a training that [Training.Validate] takes.
func (t Training) ClassesWithoutRows() []int {
	if len(t.ClassWeight) == 0 {
		return nil
	}
	there := map[int]bool{}
	for i := range t.TrainRows() {
		there[classOf(t.Data.Y.Row(i))] = true
	}
	return slices.DeleteFunc(slices.Sorted(maps.Keys(t.ClassWeight)), func(class int) bool { return there[class] })
}

// ClassWeighted are the rows with the weights of their classes as their SampleWeight. Those that are trained on have them already, see
// [Training.TrainData]; validation rows have none, as in Keras.
func (t Training) ClassWeighted(rows dataset.Data) dataset.Data {
	if len(t.ClassWeight) == 0 {
		return rows
	}
	rows.SampleWeight = make([]float32, rows.Rows())
	for i := range rows.SampleWeight {
		w, given := t.ClassWeight[classOf(rows.Y.Row(i))]
		if !given {
			w = 1
		}
		rows.SampleWeight[i] = float32(w)
	}
	return rows
}

// classOf is the class of a row's targets: the number, rounded, or the place of the largest of several, the first of equals.
func classOf(targets []float32) int {
	if len(targets) == 1 {
		return int(math.RoundToEven(float64(targets[0])))
	}
	largest := 0
	for k, v := range targets {
		if v > targets[largest] {
			largest = k
		}
	}
	return largest
}

// classWeightCode is the weights as a Go or a Python literal's inside: "0: 1, 1: 5".
func (t Training) classWeightCode() string {
	var entries []string
	for _, class := range slices.Sorted(maps.Keys(t.ClassWeight)) {
		entries = append(entries, fmt.Sprintf("%d: %g", class, t.ClassWeight[class]))
	}
	return strings.Join(entries, ", ")
}

// recoded are the weights of classes whose numbers have become (k − shift) / scale.
func (t Training) recoded(shift, scale float64) map[int]float64 {
	if t.ClassWeight == nil || t.Data.Y.RowSize() > 1 {
		return t.ClassWeight // the place of a one-hot row's largest entry
	}
	weights := map[int]float64{}
	for class, w := range t.ClassWeight {
		weights[int(math.RoundToEven((float64(class)-shift)/scale))] = w
	}
	return weights
}

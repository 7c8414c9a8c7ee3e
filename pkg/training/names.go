package training

import (
	"fmt"
	"slices"
	"strings"

	"example.com/unstuck/pkg/dataset"
	"example.com/unstuck/pkg/nn"
)

// inputNames are the inputs' names in Python: x for the only one.
func (t Training) inputNames() []string {
	if names := nn.InputNames(t.Model); len(names) > 1 {
		return nn.PythonNames(names, "x_")
	}
	return []string{"x"}
}

// outputNames are the targets' names in Python: y for the only ones.
func (t Training) outputNames() []string {
	if names := nn.OutputNames(t.Model); len(names) > 1 {
		return nn.PythonNames(names, "y_")
	}
	return []string{"y"}
}

// arrayNames are the inputs' and the targets' names in Python.
func (t Training) arrayNames() []string { return slices.Concat(t.inputNames(), t.outputNames()) }

// namesOf are all that d has in Python: weights too.
func (t Training) namesOf(d dataset.Data) []string {
	if d.SampleWeight != nil {
		return append(t.arrayNames(), "weights")
	}
	return t.arrayNames()
}

// validationName is what an array's counterpart in the validation data is called in Python.
func validationName(name string) string { return name + "_val" }

func validationNames(names []string) []string {
	all := make([]string, len(names))
	for i, name := range names {
		all[i] = validationName(name)
	}
	return all
}

// validationField is a field of the data as one of the validation data in Go.
func validationField(field string) string { return "validation" + strings.TrimPrefix(field, "data") }

// inputField is an input in Go.
func inputField(i int) string {
	if i == 0 {
		return "data.X"
	}
	return fmt.Sprintf("data.MoreX[%d]", i-1)
}

// outputField are an output's targets in Go.
func outputField(i int) string {
	if i == 0 {
		return "data.Y"
	}
	return fmt.Sprintf("data.MoreY[%d]", i-1)
}

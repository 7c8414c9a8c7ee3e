package table

import (
	"slices"
	"strings"

	"example.com/unstuck/pkg/dataset"
)

// Need is what a model takes and gives. The zero value: one input of any width, and one number.
type Need struct {
	Inputs  []Input
	Outputs []Output
}

// Input is an input of a model.
type Input struct {
	dataset.Source       // Arrays are the columns that it is made of, where the table has such; Encode is for texts
	Shape          []int // of a row; −1: any size; nil: not known
	Strings        bool  // Encode takes strings, and not numbers that are looked up
	OneText        bool  // it takes one text a row
}

// width is how many numbers a row has; 0: any.
func (in Input) width() int {
	if len(in.Shape) == 0 {
		return 0
	}
	n, open := 1, 0
	for _, d := range in.Shape {
		if d < 0 {
			open++
			continue
		}
		n *= d
	}
	if open > 0 {
		return 0
	}
	return n
}

// Output is an output of a model.
type Output struct {
	Name  string
	Units int // 0: not known
	Coding
}

// Coding is how the targets of a loss are written.
type Coding int

// The codings.
const (
	Numbers      Coding = iota // as they are
	ClassNumbers               // 0, 1, 2, …, one a row
	OneHot                     // a one in the column of the class
	ZeroOne                    // no and yes
)

// outputs are those that are needed, at least one.
func (n Need) outputs() []Output {
	if len(n.Outputs) == 0 {
		return []Output{{}}
	}
	return n.Outputs
}

func (n Need) inputs() []Input {
	if len(n.Inputs) == 0 {
		return []Input{{}}
	}
	return n.Inputs
}

// columnsOf are the columns that an input asks for by name; nil: not all of them are there.
func (t *Table) columnsOf(in Input) []int {
	var all []int
	for _, name := range in.Arrays {
		at := slices.IndexFunc(t.Names, func(n string) bool { return strings.EqualFold(n, name) })
		if at < 0 {
			return nil
		}
		all = append(all, at)
	}
	return all
}

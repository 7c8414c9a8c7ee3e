package nn

import "strconv"

// InputNames are the names of a model's inputs, in their order: those of a [Graph], and "x" for a model that takes one
// input without a name.
func InputNames(model Layer) []string {
	g, ok := Bare(model).(Graph)
	if !ok {
		return []string{"x"}
	}
	return g.inputNames()
}

// InputShapes are the shapes of a row of each input that a [Graph] says, −1 for any size and nil where one isn't said; nil for
// another model.
func InputShapes(model Layer) [][]int {
	g, ok := Bare(model).(Graph)
	if !ok {
		return nil
	}
	shapes := make([][]int, len(g.Inputs))
	for i, in := range g.Inputs {
		shapes[i] = in.Shape
	}
	return shapes
}

// OutputNames are the names of a model's outputs, in their order: the nodes that a [Graph] returns, "node:1" for another
// than the first output of one and "node#2" for one that is returned a second time; "y" for a model with one output
// without a name.
func OutputNames(model Layer) []string {
	g, ok := Bare(model).(Graph)
	if !ok {
		return []string{"y"}
	}
	names, seen := make([]string, len(g.Outputs)), map[string]int{}
	for i, name := range g.Outputs {
		seen[name]++
		names[i] = name
		if seen[name] > 1 {
			names[i] += "#" + strconv.Itoa(seen[name])
		}
	}
	return names
}

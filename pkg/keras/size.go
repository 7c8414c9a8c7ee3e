package keras

import "example.com/unstuck/pkg/nn"

// checkSize reports a model of more than [MaxParameters] weights: a file of a few bytes can ask for any
// number of them, and whoever builds the model would have to find the memory. Axes of unknown length count as 1.
func (d *Description) checkSize(c *object) {
	shape := make([]int, len(d.InputShape))
	for i, n := range d.InputShape {
		shape[i] = max(n, 1)
	}
	total := 0
	for i, l := range d.Model {
		var weights int
		weights, shape = grow(plain(l), shape)
		if total += weights; total > MaxParameters || product(shape) > MaxParameters {
			c.add(d.Layers[i].Path, "the model has more than %d weights, or values in a row, up to here", MaxParameters)
			return
		}
	}
}

// plain takes a layer out of what is around it.
func plain(l nn.Layer) nn.Layer {
	switch outer := l.(type) {
	case nn.Frozen:
		return plain(outer.Layer)
	case nn.Renamed:
		return plain(outer.Layer)
	}
	return l
}

// grow is how many weights a layer has on rows of a shape, about, and the shape of its output. Sizes stay
// below maxSize each, so that products of three don't overflow.
func grow(l nn.Layer, shape []int) (weights int, out []int) {
	features := 1
	if len(shape) > 0 {
		features = shape[len(shape)-1]
	}
	last := func(n int) []int {
		if len(shape) == 0 {
			return []int{n}
		}
		return append(append([]int{}, shape[:len(shape)-1]...), n)
	}
	recurrent := func(units, gates int, sequences bool) (int, []int) {
		if !sequences {
			return gates * units * (features + units + 1), []int{units}
		}
		return gates * units * (features + units + 1), last(units)
	}
	switch l := l.(type) {
	case nn.Dense:
		return (features + 1) * l.Units, last(l.Units)
	case nn.Embedding:
		return l.InputDim * l.OutputDim, append(append([]int{}, shape...), l.OutputDim)
	case nn.SimpleRNN:
		return recurrent(l.Units, 1, l.ReturnSequences)
	case nn.GRU:
		return recurrent(l.Units, 3, l.ReturnSequences)
	case nn.LSTM:
		return recurrent(l.Units, 4, l.ReturnSequences)
	case nn.BatchNormalization, nn.LayerNormalization:
		return 4 * features, shape
	case nn.PReLU:
		return product(shape), shape
	case nn.Flatten:
		return 0, []int{product(shape)}
	case nn.Reshape:
		out = append([]int{}, l.Target...)
		for i, n := range out {
			if n == -1 {
				out[i] = max(1, product(shape)/max(1, product(absent(l.Target))))
			}
		}
		return 0, out
	case nn.GlobalAveragePooling1D:
		return 0, []int{features}
	}
	return 0, shape
}

// absent is a Reshape's target with 1 where the size is open.
func absent(target []int) []int {
	known := append([]int{}, target...)
	for i := range known {
		known[i] = max(1, known[i])
	}
	return known
}

// product multiplies sizes, up to a little more than MaxParameters.
func product(shape []int) int {
	n := 1
	for _, d := range shape {
		if n > MaxParameters {
			break
		}
		n *= d
	}
	return n
}

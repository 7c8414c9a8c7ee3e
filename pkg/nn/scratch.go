package nn

import "math"

// scratcher is implemented by layers that compute more on the way to their output than the output's few companions.
type scratcher interface {
	// scratch is about how many values they compute besides, given the shapes of a batch for each input. It is in float64,
	// for which no size is too large.
	scratch(inputs [][]int) float64
}

// Scratch estimates how many values a layer computes on the way to its output beside the output itself, on batches of
// these shapes, one for each input: places under a convolution's window, the scores of an attention. 0 for layers that
// make do with about their output's size.
func Scratch(l Layer, inputs [][]int) float64 {
	if s, ok := Bare(l).(scratcher); ok && len(inputs) > 0 {
		return s.scratch(inputs)
	}
	return 0
}

// unfolded is how many values lie under all places of a window, and in the padded input.
func unfolded(w window, err error, input []int, format string) float64 {
	if err != nil {
		return 0 // building says so
	}
	n := float64(input[0]) * float64(input[channelAxis(format, len(input))])
	padded := n
	for i, extent := range extentsOf(input, spatialOf(format, len(w.size))) {
		n *= float64(w.out[i]) * float64(w.size[i])
		padded *= float64(extent + w.pads[i][0] + w.pads[i][1])
	}
	return n + padded
}

func (c convolution) scratch(layer string, n int, input []int) float64 {
	w, _, err := c.over(layer, n, input)
	return unfolded(w, err, input, c.DataFormat)
}

func (c depthwise) scratch(layer string, n int, input []int) float64 {
	w, _, err := c.over(layer, n, input)
	return unfolded(w, err, input, c.DataFormat)
}

func (c separable) scratch(layer string, n int, input []int) float64 {
	w, _, err := c.over(layer, n, input)
	return unfolded(w, err, input, c.DataFormat) * float64(max(1, c.DepthMultiplier))
}

// scratch is that of the convolution that goes the other way: each place of the input gives a window of every filter.
func (c transposed) scratch(layer string, n int, input []int) float64 {
	w, _, err := c.over(layer, n, input)
	if err != nil {
		return 0
	}
	values := float64(input[0]) * float64(c.Filters)
	for i, extent := range extentsOf(input, spatialOf(c.DataFormat, n)) {
		values *= float64(extent) * float64(w.size[i])
	}
	return values
}

func (p pooling) scratch(layer string, n int, input []int) float64 {
	w, _, err := p.over(layer, n, input)
	return unfolded(w, err, input, p.DataFormat)
}

func (c Conv1D) scratch(in [][]int) float64 { return convolution(c).scratch("Conv1D", 1, in[0]) }
func (c Conv2D) scratch(in [][]int) float64 { return convolution(c).scratch("Conv2D", 2, in[0]) }
func (c Conv3D) scratch(in [][]int) float64 { return convolution(c).scratch("Conv3D", 3, in[0]) }
func (c Conv1DTranspose) scratch(in [][]int) float64 {
	return transposed(c).scratch("Conv1DTranspose", 1, in[0])
}
func (c Conv2DTranspose) scratch(in [][]int) float64 {
	return transposed(c).scratch("Conv2DTranspose", 2, in[0])
}
func (c Conv3DTranspose) scratch(in [][]int) float64 {
	return transposed(c).scratch("Conv3DTranspose", 3, in[0])
}
func (c DepthwiseConv1D) scratch(in [][]int) float64 {
	return depthwise(c).scratch("DepthwiseConv1D", 1, in[0])
}
func (c DepthwiseConv2D) scratch(in [][]int) float64 {
	return depthwise(c).scratch("DepthwiseConv2D", 2, in[0])
}
func (c SeparableConv1D) scratch(in [][]int) float64 {
	return separable(c).scratch("SeparableConv1D", 1, in[0])
}
func (c SeparableConv2D) scratch(in [][]int) float64 {
	return separable(c).scratch("SeparableConv2D", 2, in[0])
}
func (p MaxPooling1D) scratch(in [][]int) float64 {
	return pooling(p).orTwo().scratch("MaxPooling1D", 1, in[0])
}
func (p MaxPooling2D) scratch(in [][]int) float64 {
	return pooling(p).orTwo().scratch("MaxPooling2D", 2, in[0])
}
func (p MaxPooling3D) scratch(in [][]int) float64 {
	return pooling(p).orTwo().scratch("MaxPooling3D", 3, in[0])
}

func (p AveragePooling1D) scratch(in [][]int) float64 {
	return pooling(p).orTwo().scratch("AveragePooling1D", 1, in[0])
}

func (p AveragePooling2D) scratch(in [][]int) float64 {
	return pooling(p).orTwo().scratch("AveragePooling2D", 2, in[0])
}

func (p AveragePooling3D) scratch(in [][]int) float64 {
	return pooling(p).orTwo().scratch("AveragePooling3D", 3, in[0])
}

// scores is how many pairs of places attend to each other: those of the query with those of the key or value, whose last
// axes are features.
func scores(inputs [][]int) float64 {
	places := func(shape []int) float64 {
		n := 1.0
		for _, d := range shape[1:max(1, len(shape)-1)] {
			n *= math.Abs(float64(d))
		}
		return n
	}
	query, value := inputs[0], inputs[min(1, len(inputs)-1)]
	return math.Abs(float64(query[0])) * places(query) * places(value)
}

func (m MultiHeadAttention) scratch(in [][]int) float64 { return scores(in) * float64(m.NumHeads) }
func (a GroupQueryAttention) scratch(in [][]int) float64 {
	return scores(in) * float64(a.NumQueryHeads)
}
func (Attention) scratch(in [][]int) float64 { return scores(in) * 2 }

// scratch holds the sum of each pair of query and key, feature by feature.
func (AdditiveAttention) scratch(in [][]int) float64 {
	return scores(in) * float64(in[0][len(in[0])-1])
}

// scratch is the matrices that resize the axes.
func (r Resizing) scratch(in [][]int) float64 {
	axes := spatialOf(r.DataFormat, 2)
	if len(in[0]) < 4 || r.Interpolation == "nearest" {
		return 0
	}
	extents := extentsOf(in[0], axes)
	return float64(extents[0])*float64(r.Height) + float64(extents[1])*float64(r.Width)
}

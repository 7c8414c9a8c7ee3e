package nn

import (
	"slices"

	"github.com/gomlx/compute/gobackend"
	"github.com/gomlx/gomlx/core/graph"
)

// convolve is, at each place of the window, the sum of the kernel times what lies under it; what is convolved is
// x [batch, spatial…, in] with kernel [window…, in/groups, out], what comes out [batch, places…, out].
//
// It takes one of three forms, by what was measured in loops, as trainings are, and is by BenchmarkLeNet and `make bench`:
//
//   - XLA's convolution where the input has many channels: about a fifth of the processor time of a product forward, a third
//     backward, and it copies nothing of what lies under the window. Of one channel it took three times as long as the product, of
//     six as long.
//   - Of few channels on XLA one matrix product of the kernel and what lies under the window, channels in front.
//   - In pure Go, in groups, and where the window has one place, that product with channels last. GoMLX's own convolution in
//     pure Go is no product at all, and its gradient is wrong for kernels of an even size.
func convolve(x, kernel *graph.Node, w window, groups int) *graph.Node {
	out := kernel.Shape().Dim(-1)
	if groups == 1 && !inPureGo(x) {
		switch in := x.Shape().Dim(-1); {
		case in < fewChannels:
			return convolveFew(w.pad(x, 0), kernel, w)
		case size(w.size) > 1:
			return convolveNative(x, kernel, w)
		}
	}
	x = w.pad(x, 0)
	under := unfold(x, w, 1, -1)
	if groups == 1 {
		return convolveProduct(under, graph.Reshape(kernel, -1, out))
	}
	// [m, places of the window, groups, in/groups] times [places of the window, in/groups, groups, out/groups]
	places, in := size(w.size), x.Shape().Dim(-1)/groups
	product := graph.DotGeneral(graph.Reshape(under, -1, places, groups, in), []int{1, 3}, []int{2},
		graph.Reshape(kernel, places, in, groups, out/groups), []int{0, 1}, []int{2})
	dims := slices.Clone(under.Shape().Dimensions)
	dims[len(dims)-1] = out
	return graph.Reshape(graph.TransposeAllAxes(product, 1, 0, 2), dims...)
}

// inPureGo tells whether x is computed by GoMLX's backend in pure Go. Its Name is "Go Backend", whatever it is registered as; this project's
// backend.Backend says "go" to both.
func inPureGo(x *graph.Node) bool { return x.Graph().Backend().String() == gobackend.BackendName }

// fewChannels is how many channels an input must have for XLA's convolution to be the faster form.
const fewChannels = 16

// convolveFew is convolve in one group with channels in front, [in, batch, spatial…], so that what is copied in a row are
// rows of the image.
func convolveFew(x, kernel *graph.Node, w window) *graph.Node {
	last := x.Rank() - 1
	there, home := []int{last}, []int{}
	for a := range last {
		there, home = append(there, a), append(home, a+1)
	}
	under := unfold(graph.TransposeAllAxes(x, there...), w, 2, 0)
	dims, out := slices.Clone(under.Shape().Dimensions), kernel.Shape().Dim(-1)
	y := graph.DotGeneral(graph.Reshape(kernel, -1, out), []int{0}, nil, graph.Reshape(under, dims[0], -1), []int{0}, nil)
	dims[0] = out
	return graph.TransposeAllAxes(graph.Reshape(y, dims...), append(home, 0)...)
}

// unfold gathers what lies under the window, as window·channels in the place of the channels. The spatial axes begin at
// first. Axis by axis it takes the sum of the window's sizes in slices, not their product.
func unfold(x *graph.Node, w window, first, channels int) *graph.Node {
	for i := len(w.size) - 1; i >= 0; i-- { // the last axis first: the kernel's first one varies slowest
		parts := make([]*graph.Node, w.size[i])
		for place := range parts {
			parts[place] = w.shifted(x, first, i, place)
		}
		if len(parts) == 1 {
			x = parts[0]
			continue
		}
		x = graph.Concatenate(parts, channels)
	}
	return x
}

// fold is the opposite of unfold, with what meets at a place added up: x [batch, places…, window…, channels] becomes
// [batch, spatial…, channels], the extents being those over which a window of stride and dilation has that many places.
func fold(x *graph.Node, w window) *graph.Node {
	n := len(w.size)
	for i := range n {
		axis, at := i+1, n+1 // of the places and of the window, whose first axis goes each time
		places, stride := x.Shape().Dim(axis), w.stride[i]
		// Places whose number has one remainder by the stride lie in one part; the parts alternate.
		behind := (w.reach(i) - 1) / stride
		parts := make([]*graph.Node, stride)
		for k := range w.size[i] {
			under := graph.Squeeze(graph.SliceAxis(x, at, graph.AxisElem(k)), at)
			shift, part := k*w.dilation[i]/stride, k*w.dilation[i]%stride
			under = padAxis(under, axis, shift, behind-shift, 0)
			if parts[part] != nil {
				under = graph.Add(parts[part], under)
			}
			parts[part] = under
		}
		full := (places-1)*stride + w.reach(i)
		nothing := graph.ZerosLike(parts[0]) // there is always something in the first part
		for r, part := range parts {
			if part == nil {
				part = nothing
			}
			parts[r] = graph.InsertAxes(part, axis+1)
		}
		x = parts[0]
		if stride > 1 {
			x = graph.Concatenate(parts, axis+1)
		}
		dims := slices.Delete(slices.Clone(x.Shape().Dimensions), axis+1, axis+2)
		dims[axis] *= stride
		x = graph.SliceAxis(graph.Reshape(x, dims...), axis, graph.AxisRange(0, full))
	}
	return x
}

// convolveTransposed puts the kernel [window…, out, in], times what stands there, onto each place of x [batch, places…, in],
// and adds up what meets: [batch, spatial…, out].
func convolveTransposed(x, kernel *graph.Node, w window) *graph.Node {
	n := len(w.size)
	out := kernel.Shape().Dim(n)
	kernel = graph.Transpose(graph.Reshape(kernel, size(w.size)*out, -1), 0, 1)
	dims := slices.Clone(x.Shape().Dimensions)
	dims = append(append(dims[:n+1], w.size...), out)
	return fold(graph.Reshape(matMul(x, kernel), dims...), w)
}

// cutPads takes away from x [batch, spatial…, channels] what the window's pads are; negative ones add zeros.
func cutPads(x *graph.Node, w window) *graph.Node {
	for i, p := range w.pads {
		x = padAxis(x, i+1, max(0, -p[0]), max(0, -p[1]), 0)
		if front, behind := max(0, p[0]), max(0, p[1]); front+behind > 0 {
			x = graph.SliceAxis(x, i+1, graph.AxisRange(front, x.Shape().Dim(i+1)-behind))
		}
	}
	return x
}

// convolveChannels convolves each channel by itself: x [batch, spatial…, in] with kernel [window…, in, times] comes to
// [batch, places…, in·times]. The sum goes over the places of the window, so that nothing larger than the output is made.
func convolveChannels(x, kernel *graph.Node, w window) *graph.Node {
	x = w.pad(x, 0)
	in, times := kernel.Shape().Dim(-2), kernel.Shape().Dim(-1)
	kernel = graph.Reshape(kernel, -1, in, times)
	var sum *graph.Node
	for k := range size(w.size) {
		under, rest := x, k
		for i := len(w.size) - 1; i >= 0; i-- {
			under = w.shifted(under, 1, i, rest%w.size[i])
			rest /= w.size[i]
		}
		factor := graph.Reshape(graph.SliceAxis(kernel, 0, graph.AxisElem(k)), in, times)
		term := graph.Mul(graph.InsertAxes(under, -1), graph.ExpandLeftToRank(factor, under.Rank()+1))
		if sum == nil {
			sum = term
		} else {
			sum = graph.Add(sum, term)
		}
	}
	dims := slices.Clone(sum.Shape().Dimensions)
	return graph.Reshape(sum, append(dims[:len(dims)-2], in*times)...)
}

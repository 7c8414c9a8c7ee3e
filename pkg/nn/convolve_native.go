package nn

import (
	"slices"

	"github.com/gomlx/gomlx/core/graph"
)

// convolveNative is convolve in one group by XLA's own convolution, and so are its gradients.
//
// On the CPU XLA gives a convolution to a library that works on all cores and unfolds no more than it has at hand, if the
// axes lie as batch, space, channels, the kernel's as space, in, out. Outside of loops it brings others into that order by
// itself. In a loop, as trainings are, it doesn't, and computes them element by element on one core: the gradients that
// GoMLX gives its convolutions, which have other orders, took 5 to 20 times the processor time there. Here all is in order.
func convolveNative(x, kernel *graph.Node, w window) *graph.Node {
	var ofOutput *graph.Node // the output's gradient, which is there before those of x and of the kernel are asked for
	x = graph.IdentityWithCustomGradient(x, func(x, _ *graph.Node) *graph.Node {
		return convolutionInputGradient(ofOutput, kernel, w, x.Shape().Dimensions[1:])
	})
	kernel = graph.IdentityWithCustomGradient(kernel, func(_, _ *graph.Node) *graph.Node {
		return convolutionKernelGradient(x, ofOutput, w)
	})
	y := convolveInOrder(graph.StopGradient(x), graph.StopGradient(kernel), w.stride, w.dilation, nil, w.pads)
	return graph.IdentityWithCustomGradient(asIfFrom(y, x, kernel), func(_, v *graph.Node) *graph.Node {
		ofOutput = v
		return v
	})
}

// asIfFrom is y, which from now on passes for a function of the others, so that their gradients are asked for. Nothing of it
// is left in the program: XLA takes neither the choice that is never made nor what nobody uses.
func asIfFrom(y *graph.Node, others ...*graph.Node) *graph.Node {
	never := graph.Const(y.Graph(), false)
	for _, x := range others {
		for x.Rank() > 0 {
			x = graph.Squeeze(graph.SliceAxis(x, 0, graph.AxisElem(0)), 0)
		}
		y = graph.Where(never, graph.BroadcastToShape(x, y.Shape()), y)
	}
	return y
}

// convolutionInputGradient is the gradient of the input [batch, spatial…, in]: the output's, spread by the strides, convolved
// with the kernel turned around. extents are those of the input.
func convolutionInputGradient(ofOutput, kernel *graph.Node, w window, extents []int) *graph.Node {
	n := len(w.size)
	pads, spatial := make([][2]int, n), make([]int, n)
	for i := range n {
		spatial[i] = i
		pads[i][0] = w.reach(i) - 1 - w.pads[i][0]
		pads[i][1] = extents[i] + w.reach(i) - 1 - pads[i][0] - ((w.out[i]-1)*w.stride[i] + 1)
	}
	turned := graph.Transpose(graph.Reverse(kernel, spatial...), n, n+1)
	return convolveInOrder(ofOutput, turned, nil, w.dilation, w.stride, pads)
}

// convolutionKernelGradient is the gradient of the kernel [window…, in, out]: x with the batch for channels, convolved with
// the output's gradient. It is the sum over parts of the batch that stay in a core's cache: of 128 images of 32×32×16 it
// took a seventh of the time in eight parts, of 8×8×64 six tenths.
func convolutionKernelGradient(x, ofOutput *graph.Node, w window) *graph.Node {
	n, batch := len(w.size), x.Shape().Dim(0)
	pads := make([][2]int, n)
	for i := range n {
		pads[i] = [2]int{w.pads[i][0], (w.out[i]-1)*w.stride[i] + w.reach(i) - x.Shape().Dim(i+1) - w.pads[i][0]}
	}
	parts := min(1+(x.Shape().Size()+ofOutput.Shape().Size())/kernelGradientPart, mostKernelGradientParts, batch)
	var sum *graph.Node
	for part := range parts {
		rows := graph.AxisRange(part*batch/parts, (part+1)*batch/parts)
		images := graph.Transpose(graph.SliceAxis(x, 0, rows), 0, n+1)
		y := convolveInOrder(images, firstBehind(graph.SliceAxis(ofOutput, 0, rows), n), w.dilation, w.stride, nil, pads)
		if sum == nil {
			sum = y
		} else {
			sum = graph.Add(sum, y)
		}
	}
	return firstBehind(sum, n)
}

const (
	kernelGradientPart      = 1 << 18 // numbers of input and output: 1 MiB
	mostKernelGradientParts = 16      // each is a node of the graph
)

// firstBehind brings the first axis behind the n next ones.
func firstBehind(x *graph.Node, n int) *graph.Node {
	axes := make([]int, x.Rank())
	for a := range axes {
		axes[a] = a
	}
	copy(axes, axes[1:n+1])
	axes[n] = 0
	return graph.TransposeAllAxes(x, axes...)
}

// convolveInOrder convolves x [batch, spatial…, in] with a kernel [window…, in, out]. Pads below 0 take away.
func convolveInOrder(x, kernel *graph.Node, stride, dilation, spread []int, pads [][2]int) *graph.Node {
	n := x.Rank() - 2
	axes := graph.ConvolveAxesConfig{InputChannels: n + 1, KernelInputChannels: n, KernelOutputChannels: n + 1, OutputChannels: n + 1}
	pads = slices.Clone(pads)
	for i, p := range pads {
		axes.InputSpatial = append(axes.InputSpatial, i+1)
		axes.KernelSpatial = append(axes.KernelSpatial, i)
		axes.OutputSpatial = append(axes.OutputSpatial, i+1)
		if less := [2]int{max(0, -p[0]), max(0, -p[1])}; less != [2]int{} && (spread == nil || spread[i] == 1) {
			x = graph.SliceAxis(x, i+1, graph.AxisRange(less[0], x.Shape().Dim(i+1)-less[1]))
			pads[i] = [2]int{max(0, p[0]), max(0, p[1])}
		}
	}
	return graph.ConvGeneral(x, kernel, axes, stride, pads, spread, dilation, 1, 1)
}

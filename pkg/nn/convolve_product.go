package nn

import (
	"slices"

	"github.com/gomlx/gomlx/core/graph"
)

// convolveProduct is what lies under the window [batch, places…, in] times the kernel [in, out], with a gradient of the kernel of its own.
//
// GoMLX's contracts the rows of both factors, for which its backend in pure Go turns both around first, number by number. In
// convolutions, whose rows are many and narrow, that took about half the time of the gradient. Of the two that could be turned around here the
// smaller is, and the other stays.
func convolveProduct(under, kernel *graph.Node) *graph.Node {
	dims := slices.Clone(under.Shape().Dimensions)
	in, out := kernel.Shape().Dim(0), kernel.Shape().Dim(1)
	dims[len(dims)-1] = out
	x := graph.Reshape(under, -1, in)
	var ofOutput *graph.Node                                                               // the output's gradient, which is there before the kernel's is asked for
	kernel = graph.IdentityWithCustomGradient(kernel, func(_, _ *graph.Node) *graph.Node { // GoMLX's isn't computed: nobody uses it
		return productKernelGradient(x, ofOutput)
	})
	y := graph.IdentityWithCustomGradient(graph.Dot(x, kernel).Product(), func(_, v *graph.Node) *graph.Node {
		ofOutput = v
		return v
	})
	return graph.Reshape(y, dims...)
}

// productKernelGradient is the gradient of the kernel [in, out] of x [rows, in], given the output's [rows, out].
func productKernelGradient(x, ofOutput *graph.Node) *graph.Node {
	rows, in, out := x.Shape().Dim(0), x.Shape().Dim(1), ofOutput.Shape().Dim(1)
	if rows*in <= (rows+in)*out {
		return graph.DotGeneral(graph.Transpose(x, 0, 1), []int{1}, nil, ofOutput, []int{0}, nil)
	}
	turned := graph.DotGeneral(graph.Transpose(ofOutput, 0, 1), []int{1}, nil, x, []int{0}, nil)
	return graph.Transpose(turned, 0, 1)
}

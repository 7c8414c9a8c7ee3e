package nn

import (
	"fmt"
	"math"
	"slices"

	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"

	"example.com/unstuck/internal/codec"
)

// pooling are the settings of all layers that pool under a window.
type pooling struct {
	Name       string
	PoolSize   []int
	Strides    []int
	Padding    string
	DataFormat string
}

// orTwo has the size that Keras' max pooling has where none is given.
func (p pooling) orTwo() pooling {
	if p.PoolSize == nil {
		p.PoolSize = []int{2}
	}
	return p
}

// over is where the window comes to lie over an input, and the shape of what comes out.
func (p pooling) over(layer string, n int, input []int) (window, []int, error) {
	axes, err := spatialAxes(layer, p.DataFormat, n, input)
	if err != nil {
		return window{}, nil, err
	}
	s := sliding{size: p.PoolSize, strides: p.Strides, padding: p.Padding}
	if s.strides == nil {
		s.strides = s.size
	}
	w, err := s.over(layer, "PoolSize", extentsOf(input, axes))
	if err != nil {
		return window{}, nil, err
	}
	return w, moved(input, axes, w.out, p.DataFormat, input[channelAxis(p.DataFormat, len(input))]), nil
}

func (p pooling) apply(layer string, n int, x *graph.Node, pool func(*graph.Node, window) *graph.Node) *graph.Node {
	w, _, err := p.over(layer, n, x.Shape().Dimensions)
	if err != nil {
		panic(err)
	}
	x, back := channelsToLast(asFloat(x), p.DataFormat)
	return back(pool(x, w))
}

// maxUnder is the largest value under the window at each of its places. Among equals the first takes the gradient, as
// from XLA and PyTorch.
func maxUnder(x *graph.Node, w window) *graph.Node {
	return poolUnder(w.pad(x, math.Inf(-1)), w, larger)
}

// larger is the larger of each two values, the first of equal ones, and NaN where one of them is: XLA's maximum loses NaN
// on the CPU.
func larger(a, b *graph.Node) *graph.Node {
	return graph.Where(graph.Or(graph.GreaterOrEqual(a, b), graph.NotEqual(a, a)), a, b)
}

// smaller is the smaller of each two values, in the same way.
func smaller(a, b *graph.Node) *graph.Node {
	return graph.Where(graph.Or(graph.LessOrEqual(a, b), graph.NotEqual(a, a)), a, b)
}

// meanUnder is the mean of the values under the window, without its padding.
func meanUnder(x *graph.Node, w window) *graph.Node {
	sum := poolUnder(w.pad(x, 0), w, graph.Add)
	if !slices.ContainsFunc(w.pads, func(p [2]int) bool { return p != [2]int{} }) {
		return graph.DivScalar(sum, float64(size(w.size)))
	}
	dims := x.Shape().Dimensions
	counts := w.counts(dims[1 : len(dims)-1])
	return graph.Div(sum, graph.Const(x.Graph(), counts))
}

// poolUnder takes together what lies under the window, axis by axis.
func poolUnder(x *graph.Node, w window, combine func(a, b *graph.Node) *graph.Node) *graph.Node {
	for i := len(w.size) - 1; i >= 0; i-- {
		pooled := w.shifted(x, 1, i, 0)
		for place := 1; place < w.size[i]; place++ {
			pooled = combine(pooled, w.shifted(x, 1, i, place))
		}
		x = pooled
	}
	return x
}

// counts is how many places of an input with those extents lie under the window, [1, places…, 1].
func (w window) counts(extents []int) *tensors.Tensor {
	values, dims := []float32{1}, []int{1}
	for i, extent := range extents {
		next := make([]float32, 0, len(values)*w.out[i])
		for _, v := range values {
			for place := range w.out[i] {
				first := place*w.stride[i] - w.pads[i][0]
				next = append(next, v*float32(min(first+w.size[i], extent)-max(first, 0)))
			}
		}
		values, dims = next, append(dims, w.out[i])
	}
	return tensors.FromFlatDataAndDimensions(values, append(dims, 1)...)
}

// torchMax is nn.MaxPool1d and its kin, over −∞ where the windows reach beyond the input on one side alone.
func (p pooling) torchMax(layer string, n int, input []int) ([]TorchStep, error) {
	w, _, err := p.over(layer, n, input)
	if err != nil {
		return nil, err
	}
	step := TorchStep{Layout: torchFormat(p.DataFormat)}
	pads, equal := w.torchPadding()
	if !equal {
		pads, step.Forward = nil, "{m}("+torchPad("{x}", w.pads, "value=float('-inf')")+")"
	}
	step.Module = w.torchPool(fmt.Sprintf("nn.MaxPool%dd", n), pads)
	return []TorchStep{step}, nil
}

// torchMean is nn.AvgPool1d and its kin. Where the windows reach beyond the input on one side alone the mean over zeros
// there is divided by the share that lies within.
func (p pooling) torchMean(layer string, n int, input []int) ([]TorchStep, error) {
	w, _, err := p.over(layer, n, input)
	if err != nil {
		return nil, err
	}
	step := TorchStep{Layout: torchFormat(p.DataFormat)}
	pads, equal := w.torchPadding()
	var more []string
	switch {
	case !equal:
		pads, step.Forward = nil, "({m}("+torchPad("{x}", w.pads)+") / {m}("+torchPad("torch.ones_like({x})", w.pads)+"))"
	case slices.Max(pads) > 0:
		more = []string{"count_include_pad=False"}
	}
	step.Module = w.torchPool(fmt.Sprintf("nn.AvgPool%dd", n), pads, more...)
	return []TorchStep{step}, nil
}

// torchPool is a module that moves by its own size if nothing else is said.
func (w window) torchPool(class string, pads []int, more ...string) string {
	arguments := []string{torchSizes(w.size)}
	if !slices.Equal(w.stride, w.size) {
		arguments = append(arguments, "stride="+torchSizes(w.stride))
	}
	if pads != nil {
		arguments = append(arguments, torchSizesUnless("padding", pads, 0)...)
	}
	return codec.Call{Function: class, Arguments: append(arguments, more...)}.String()
}

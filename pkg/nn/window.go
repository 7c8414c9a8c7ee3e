package nn

import (
	"fmt"
	"slices"

	"github.com/gomlx/compute/shapes"
	"github.com/gomlx/gomlx/core/graph"
)

// window says where a kernel or a pool comes to lie over its input: for each axis of time or space its size, by how much it
// moves, how far apart its elements are, what is put in front of the input and behind it, and how often it then fits.
type window struct {
	size, stride, dilation []int
	pads                   [][2]int
	out                    []int
}

// maxWindow is how many places in a row a window may have: the graph has a node for each.
const maxWindow = 1 << 12

// sliding are a layer's settings of a window, as they were given.
type sliding struct {
	size, strides, dilation []int
	padding                 string
	mayBeCausal             bool
}

// over is the window over an input with those extents. sizeName is the field with the size.
func (s sliding) over(layer, sizeName string, extents []int) (window, error) {
	n := len(extents)
	if len(s.size) == 0 {
		return window{}, fmt.Errorf("%s.%s is missing", layer, sizeName)
	}
	w := window{pads: make([][2]int, n), out: make([]int, n)}
	var err error
	for _, setting := range []struct {
		to    *[]int
		name  string
		given []int
	}{{&w.size, sizeName, s.size}, {&w.stride, "Strides", s.strides}, {&w.dilation, "DilationRate", s.dilation}} {
		if *setting.to, err = amounts(layer+"."+setting.name, setting.given, n, 1, 1); err != nil {
			return window{}, err
		}
	}
	if largest := slices.Max(w.size); largest > maxWindow {
		return window{}, fmt.Errorf("%s.%s is %v: windows of up to %d places in a row are supported", layer, sizeName, s.size, maxWindow)
	}
	if slices.Max(w.stride) > 1 && slices.Max(w.dilation) > 1 {
		return window{}, fmt.Errorf("%s has Strides %v and DilationRate %v, one of them must be 1", layer, s.strides, s.dilation)
	}
	for i, extent := range extents {
		reach := w.reach(i)
		switch {
		case s.padding == "" || s.padding == "valid":
		case s.padding == "same":
			missing := max(0, (ceilDiv(extent, w.stride[i])-1)*w.stride[i]+reach-extent)
			w.pads[i] = [2]int{missing / 2, missing - missing/2}
		case s.padding == "causal" && s.mayBeCausal:
			w.pads[i][0] = reach - 1
		default:
			return window{}, unknownPadding(layer, s.padding)
		}
		extent += w.pads[i][0] + w.pads[i][1]
		if extent < reach {
			return window{}, fmt.Errorf("%s reaches over %d places of an axis that has %d", layer, reach, extent)
		}
		w.out[i] = (extent-reach)/w.stride[i] + 1
	}
	return w, nil
}

func unknownPadding(layer, padding string) error {
	return fmt.Errorf("%s.Padding is %q, must be \"valid\" or \"same\"", layer, padding)
}

// reach is how many places of the i-th axis the window covers, those between its elements included.
func (w window) reach(i int) int { return (w.size[i]-1)*w.dilation[i] + 1 }

// pad puts its value around x [batch, spatial…, channels].
func (w window) pad(x *graph.Node, value float64) *graph.Node {
	for i, p := range w.pads {
		x = padAxis(x, i+1, p[0], p[1], value)
	}
	return x
}

// shifted is what the elements at one place of the window's i-th axis lie over, x being padded. The spatial axes begin at
// first.
func (w window) shifted(x *graph.Node, first, i, place int) *graph.Node {
	from := place * w.dilation[i]
	axis := graph.AxisRange(from, from+(w.out[i]-1)*w.stride[i]+1)
	if w.stride[i] > 1 {
		axis = axis.Stride(w.stride[i])
	}
	return graph.SliceAxis(x, first+i, axis)
}

// padAxis puts a value in front of x and behind it. It concatenates: the gradient of graph.Pad fails.
func padAxis(x *graph.Node, axis, before, behind int, value float64) *graph.Node {
	var parts []*graph.Node
	put := func(size int) {
		if size > 0 {
			dims := slices.Clone(x.Shape().Dimensions)
			dims[axis] = size
			parts = append(parts, graph.BroadcastToShape(graph.Scalar(x.Graph(), x.DType(), value), shapes.Make(x.DType(), dims...)))
		}
	}
	put(before)
	parts = append(parts, x)
	put(behind)
	if len(parts) == 1 {
		return x
	}
	return graph.Concatenate(parts, axis)
}

// channelAxis is where an input of that rank has its channels.
func channelAxis(format string, rank int) int {
	if format == channelsFirst {
		return 1
	}
	return rank - 1
}

// channelsToLast brings x [batch, channels, …] to [batch, …, channels]; back is the inverse. With Keras' default format
// both leave x alone.
func channelsToLast(x *graph.Node, format string) (last *graph.Node, back func(*graph.Node) *graph.Node) {
	if format != channelsFirst {
		return x, func(y *graph.Node) *graph.Node { return y }
	}
	there, home := []int{0}, []int{0, x.Rank() - 1}
	for a := 2; a < x.Rank(); a++ {
		there, home = append(there, a), append(home, a-1)
	}
	return graph.TransposeAllAxes(x, append(there, 1)...), func(y *graph.Node) *graph.Node { return graph.TransposeAllAxes(y, home...) }
}

// moved is an input's shape with other extents and channels.
func moved(input []int, axes, extents []int, format string, channels int) []int {
	out := slices.Clone(input)
	for i, a := range axes {
		out[a] = extents[i]
	}
	out[channelAxis(format, len(input))] = channels
	return out
}

// extentsOf are the sizes of the axes.
func extentsOf(input, axes []int) []int {
	extents := make([]int, len(axes))
	for i, a := range axes {
		extents[i] = input[a]
	}
	return extents
}

func ceilDiv(a, b int) int { return (a + b - 1) / b }

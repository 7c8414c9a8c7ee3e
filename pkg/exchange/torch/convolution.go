package torch

import (
	"fmt"
	"slices"

	"example.com/unstuck/pkg/nn"
)

const channelsFirst = "channels_first"

func init() {
	for n, name := range []string{"conv1d", "conv2d", "conv3d"} {
		reads(func(c *call) ([]value, error) { return readConvolution(c, n+1) }, name)
	}
	for n, name := range []string{"conv_transpose1d", "conv_transpose2d", "conv_transpose3d"} {
		reads(func(c *call) ([]value, error) { return readTransposed(c, n+1) }, name)
	}
}

// convolved are the arguments that convolutions of all kinds share.
type convolved struct {
	x                 value
	kernel, bias      string
	shape             []int // of PyTorch's kernel
	strides, dilation []int
	groups            int
}

func (c *call) convolved(n int) (v convolved, err error) {
	if v.x, err = c.node("input"); err != nil {
		return v, err
	}
	if v.kernel, v.shape, err = c.parameterOf("weight"); err != nil {
		return v, err
	}
	if len(v.shape) != n+2 || v.x.rank() != n+2 {
		return v, fmt.Errorf("an input of shape %v and a kernel of shape %v are not supported", v.x.shape(), v.shape)
	}
	if c.has("bias") {
		if v.bias, _, err = c.parameterOf("bias"); err != nil {
			return v, err
		}
	}
	if v.strides, err = c.spatial("stride", n, 1); err != nil {
		return v, err
	}
	if v.dilation, err = c.spatial("dilation", n, 1); err != nil {
		return v, err
	}
	if v.groups, err = c.int("groups", 1); err != nil {
		return v, err
	}
	v.x, err = c.b.batchFirst(v.x)
	return v, err
}

func readConvolution(c *call, n int) ([]value, error) {
	v, err := c.convolved(n)
	if err != nil {
		return nil, err
	}
	padding := ""
	if given := c.text("padding", ""); given != "" {
		padding = given
		if given == "same" && slices.Max(v.strides) > 1 {
			return nil, fmt.Errorf("padding \"same\" with a stride")
		}
	} else {
		pads, err := c.spatial("padding", n, 0)
		if err != nil {
			return nil, err
		}
		padding = samePadding(pads, v, n)
		if padding == "" {
			if v.x, err = c.zeroPadded(v.x, pads, n); err != nil {
				return nil, err
			}
			padding = "valid"
		}
	}
	fan := 1
	for _, d := range v.shape[1:] {
		fan *= d
	}
	kernelSize := v.shape[2:]
	var l nn.Layer
	switch n {
	case 1:
		l = nn.Conv1D{Filters: v.shape[0], KernelSize: kernelSize, Strides: v.strides, Padding: padding, DataFormat: channelsFirst, DilationRate: v.dilation, Groups: v.groups, NoBias: v.bias == "", KernelInitializer: uniform(fan), BiasInitializer: uniform(fan)}
	case 2:
		l = nn.Conv2D{Filters: v.shape[0], KernelSize: kernelSize, Strides: v.strides, Padding: padding, DataFormat: channelsFirst, DilationRate: v.dilation, Groups: v.groups, NoBias: v.bias == "", KernelInitializer: uniform(fan), BiasInitializer: uniform(fan)}
	default:
		l = nn.Conv3D{Filters: v.shape[0], KernelSize: kernelSize, Strides: v.strides, Padding: padding, DataFormat: channelsFirst, DilationRate: v.dilation, Groups: v.groups, NoBias: v.bias == "", KernelInitializer: uniform(fan), BiasInitializer: uniform(fan)}
	}
	return c.b.layer(l, v.weights(n), v.x)
}

// weights are the kernel with its channels behind its extents, and the bias.
func (v convolved) weights(n int) []weight {
	order := identity(n + 2)[2:]
	all := []weight{{"kernel", []string{v.kernel}, turned(append(order, 1, 0)...)}}
	if v.bias != "" {
		all = append(all, weight{name: "bias", parameters: []string{v.bias}})
	}
	return all
}

// samePadding is Keras' word for the padding; empty: it has none.
func samePadding(pads []int, v convolved, n int) string {
	none, same := true, true
	for i := range n {
		none = none && pads[i] == 0
		same = same && v.strides[i] == 1 && 2*pads[i] == v.dilation[i]*(v.shape[2+i]-1)
	}
	switch {
	case none:
		return "valid"
	case same:
		return "same"
	}
	return ""
}

// zeroPadded puts zeros around the extents of an image whose channels come first.
func (c *call) zeroPadded(x value, pads []int, n int) (value, error) {
	return c.surrounded(x, pads, n, 0)
}

func (c *call) surrounded(x value, pads []int, n int, with float64) (value, error) {
	widths := make([]int, 2*(n+1))
	for i, p := range pads {
		widths[2*(i+1)], widths[2*(i+1)+1] = p, p
	}
	if slices.Max(widths) == 0 {
		return x, nil
	}
	return c.b.add(nn.Pad{Widths: widths, Value: with}, x)
}

func readTransposed(c *call, n int) ([]value, error) {
	v, err := c.convolved(n)
	if err != nil {
		return nil, err
	}
	pads, err := c.spatial("padding", n, 0)
	if err != nil {
		return nil, err
	}
	more, err := c.spatial("output_padding", n, 0)
	if err != nil {
		return nil, err
	}
	if v.groups != 1 {
		return nil, fmt.Errorf("groups=%d is not supported", v.groups)
	}
	fan := v.shape[1]
	for _, d := range v.shape[2:] {
		fan *= d
	}
	added := more
	if slices.Max(more) == 0 {
		added = nil
	}
	var l nn.Layer
	switch n {
	case 1:
		l = nn.Conv1DTranspose{Filters: v.shape[1], KernelSize: v.shape[2:], Strides: v.strides, OutputPadding: added, DataFormat: channelsFirst, DilationRate: v.dilation, NoBias: v.bias == "", KernelInitializer: uniform(fan), BiasInitializer: uniform(fan)}
	case 2:
		l = nn.Conv2DTranspose{Filters: v.shape[1], KernelSize: v.shape[2:], Strides: v.strides, OutputPadding: added, DataFormat: channelsFirst, DilationRate: v.dilation, NoBias: v.bias == "", KernelInitializer: uniform(fan), BiasInitializer: uniform(fan)}
	default:
		l = nn.Conv3DTranspose{Filters: v.shape[1], KernelSize: v.shape[2:], Strides: v.strides, OutputPadding: added, DataFormat: channelsFirst, DilationRate: v.dilation, NoBias: v.bias == "", KernelInitializer: uniform(fan), BiasInitializer: uniform(fan)}
	}
	weights := v.weights(n)
	out, err := c.b.layer(l, weights, v.x)
	if err != nil {
		return nil, err
	}
	// Keras makes at least a stride of each step's output where the kernel is smaller; PyTorch the kernel.
	want, at := make([]int, n), ":, :"
	for i := range n {
		full := (v.x.row[1+i]-1)*v.strides[i] + v.dilation[i]*(v.shape[2+i]-1) + 1
		want[i] = full - 2*pads[i] + more[i]
		if want[i] < 1 {
			return nil, fmt.Errorf("padding=%v leaves nothing", pads)
		}
		at += fmt.Sprintf(", %d:%d", pads[i], pads[i]+want[i])
	}
	if slices.Equal(out[0].row[1:], want) {
		return out, nil
	}
	return one(c.b.add(nn.Index{At: at}, out[0]))
}

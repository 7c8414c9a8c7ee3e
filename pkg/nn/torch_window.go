package nn

import (
	"fmt"
	"slices"
	"strings"

	"example.com/unstuck/internal/codec"
)

// torchFormat is how PyTorch's modules with a window take an input of that DataFormat.
func torchFormat(format string) TorchLayout {
	if format == channelsFirst {
		return ChannelsAsHere
	}
	return ChannelsFirst
}

// torchConv is a convolution of PyTorch over the window; weights are bias and kernel. Padding that isn't the same in front
// and behind is put around the input first.
type torchConv struct {
	window  window
	format  string
	padding string // Keras'
	in, out int
	groups  int
	noBias  bool
	kernel  TorchParameter
}

func (c torchConv) step() TorchStep {
	n := len(c.window.size)
	arguments := append([]string{fmt.Sprint(c.in), fmt.Sprint(c.out), torchSizes(c.window.size)}, torchSizesUnless("stride", c.window.stride, 1)...)
	forward := ""
	switch pads, equal := c.window.torchPadding(); {
	case c.padding == "same" && slices.Max(c.window.stride) == 1:
		arguments = append(arguments, "padding='same'")
	case equal:
		arguments = append(arguments, torchSizesUnless("padding", pads, 0)...)
	default:
		forward = "{m}(" + torchPad("{x}", c.window.pads) + ")"
	}
	arguments = append(arguments, torchSizesUnless("dilation", c.window.dilation, 1)...)
	if c.groups > 1 {
		arguments = append(arguments, fmt.Sprintf("groups=%d", c.groups))
	}
	return c.module(fmt.Sprintf("nn.Conv%dd", n), arguments, forward)
}

func (c torchConv) module(class string, arguments []string, forward string) TorchStep {
	parameters := []TorchParameter{c.kernel, {Weight: "bias", Name: "bias"}}
	if c.noBias {
		arguments, parameters = append(arguments, "bias=False"), parameters[:1]
	}
	return TorchStep{Module: codec.Call{Function: class, Arguments: arguments}.String(), Forward: forward, Parameters: parameters, Layout: torchFormat(c.format)}
}

// kernelAxes are those of [window…, in, out] in the order in which PyTorch has them: out, in, window….
func kernelAxes(n int) []int {
	axes := []int{n + 1, n}
	for i := range n {
		axes = append(axes, i)
	}
	return axes
}

// torchPadding is how many places are put at either end of each axis; false where there are more at one.
func (w window) torchPadding() (pads []int, equal bool) {
	equal = true
	for _, p := range w.pads {
		pads = append(pads, p[0])
		equal = equal && p[0] == p[1]
	}
	return pads, equal
}

// torchPad puts values around the last axes of an expression, which are those of the pads; negative ones cut off.
func torchPad(expression string, pads [][2]int, value ...string) string {
	var ends []int
	for _, p := range slices.Backward(pads) {
		ends = append(ends, p[0], p[1])
	}
	return codec.Call{Function: "nn.functional.pad", Arguments: append([]string{expression, torchTuple(ends)}, value...)}.String()
}

// torchSizes is a number where all sizes are the same, else a tuple.
func torchSizes(sizes []int) string {
	if slices.Min(sizes) == slices.Max(sizes) {
		return fmt.Sprint(sizes[0])
	}
	return torchTuple(sizes)
}

// torchSizesUnless is name=sizes as a list that is empty where all are what PyTorch takes by default.
func torchSizesUnless(name string, sizes []int, fallback int) []string {
	if slices.Min(sizes) == fallback && slices.Max(sizes) == fallback {
		return nil
	}
	return []string{name + "=" + torchSizes(sizes)}
}

// torchSlice takes from each axis behind the first ones what lies between two places.
func torchSlice(expression string, leading int, extents []int, cut [][2]int) string {
	texts := slices.Repeat([]string{":"}, leading)
	for i, c := range cut {
		from, to := "", ""
		if c[0] > 0 {
			from = fmt.Sprint(c[0])
		}
		if c[1] > 0 {
			to = fmt.Sprint(extents[i] - c[1])
		}
		texts = append(texts, from+":"+to)
	}
	for len(texts) > 0 && texts[len(texts)-1] == ":" {
		texts = texts[:len(texts)-1]
	}
	if len(texts) == 0 {
		return expression
	}
	return expression + "[" + strings.Join(texts, ", ") + "]"
}

// torchAround is what is done at the ends of axes, given for each axis of the input.
func torchAround(input []int, ends [][2]int, format string, text func(input []int, ends [][2]int) string) []TorchStep {
	if ends == nil {
		return nil
	}
	step := TorchStep{Forward: text(input, ends)}
	if format != channelsFirst {
		last := len(input) - 1
		input, ends = slices.Insert(slices.Clone(input[:last]), 1, input[last]), slices.Insert(slices.Clone(ends[:last]), 1, ends[last])
		step.ForwardFirst, step.Layout = text(input, ends), ChannelsAnywhere
	}
	return []TorchStep{step}
}

func torchCut(input []int, ends [][2]int) string { return torchSlice("{x}", 0, input, ends) }

// torchPut puts zeros at the ends of all axes behind the first that gets some.
func torchPut(_ []int, ends [][2]int) string {
	first := slices.IndexFunc(ends, func(p [2]int) bool { return p != [2]int{} })
	if first < 0 {
		return "{x}"
	}
	return torchPad("{x}", ends[first:])
}

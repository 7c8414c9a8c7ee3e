package nn

import (
	"fmt"
	"slices"

	"github.com/gomlx/gomlx/core/graph"
)

// channelsFirst is the DataFormat of inputs [batch, channels, …]; the other, Keras' default, is [batch, …, channels].
const channelsFirst = "channels_first"

// spatialAxes are the axes of time, of height and width, or of depth, height and width: n of them.
func spatialAxes(layer, format string, n int, input []int) ([]int, error) {
	if format != "" && format != channelsFirst && format != "channels_last" {
		return nil, fmt.Errorf("%s.DataFormat is %q, must be \"channels_last\" or \"channels_first\"", layer, format)
	}
	if len(input) != n+2 {
		last := [...]string{"time, features", "height, width, channels", "depth, height, width, channels"}[n-1]
		first := [...]string{"features, time", "channels, height, width", "channels, depth, height, width"}[n-1]
		if format == channelsFirst {
			return nil, fmt.Errorf("%s needs an input [batch, %s], got %v", layer, first, input)
		}
		return nil, fmt.Errorf("%s needs an input [batch, %s], got %v", layer, last, input)
	}
	return spatialOf(format, n), nil
}

// spatialOf are the axes of time or space of a batch with n of them, whatever the rest is like.
func spatialOf(format string, n int) []int {
	first := 1
	if format == channelsFirst {
		first = 2
	}
	axes := make([]int, n)
	for i := range axes {
		axes[i] = first + i
	}
	return axes
}

// amounts are a layer's settings of n axes: nil stands for all of them alike, one number too.
func amounts(setting string, given []int, n, least, fallback int) ([]int, error) {
	out := given
	switch len(given) {
	case n:
	case 0:
		out = slices.Repeat([]int{fallback}, n)
	case 1:
		out = slices.Repeat(given, n)
	default:
		return nil, fmt.Errorf("%s is %v, must hold %d numbers, or one for all", setting, given, n)
	}
	for _, v := range out {
		if v < least {
			return nil, fmt.Errorf("%s is %v, must be at least %d", setting, given, least)
		}
	}
	return out, nil
}

// normalAxis counts an axis from the front; false where there is none.
func normalAxis(axis, rank int) (int, bool) {
	if axis < 0 {
		axis += rank
	}
	return axis, axis >= 0 && axis < rank
}

// poolingAll is over which axes a global pooling goes, and what it leaves.
func poolingAll(layer string, n int, format string, keep bool, input []int) (axes, out []int, err error) {
	if axes, err = spatialAxes(layer, format, n, input); err != nil {
		return nil, nil, err
	}
	out = slices.Clone(input)
	if !keep {
		return axes, slices.Delete(out, axes[0], axes[0]+n), nil
	}
	for _, a := range axes {
		out[a] = 1
	}
	return axes, out, nil
}

func poolAll(layer string, reduce func(*graph.Node, ...int) *graph.Node, x *graph.Node, n int, format string, keep bool) *graph.Node {
	axes, out, err := poolingAll(layer, n, format, keep, x.Shape().Dimensions)
	if err != nil {
		panic(err)
	}
	return graph.Reshape(reduce(asFloat(x), axes...), out...)
}

// torchPoolAll is a global pooling by a method of tensors.
func torchPoolAll(layer, method string, n int, format string, keep bool, input []int) ([]TorchStep, error) {
	axes, _, err := poolingAll(layer, n, format, keep, input)
	if err != nil {
		return nil, err
	}
	over := func(axes []int) string {
		text := torchTuple(axes)
		if n == 1 {
			text = fmt.Sprint(axes[0])
		}
		if keep {
			text += ", keepdim=True"
		}
		return "{x}." + method + "(" + text + ")"
	}
	step := TorchStep{Forward: over(axes)}
	if format != channelsFirst {
		step.ForwardFirst, step.Layout = over(spatialOf(channelsFirst, n)), ChannelsReduced
		if keep {
			step.Layout = ChannelsAnywhere
		}
	}
	return []TorchStep{step}, nil
}

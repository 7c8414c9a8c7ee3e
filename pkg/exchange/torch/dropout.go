package torch

import (
	"slices"

	"example.com/unstuck/pkg/nn"
)

var _ = reads(readDropout(func(p float64, _ value) nn.Layer { return nn.Dropout{Rate: p} }), "dropout", "dropout_")
var _ = reads(readDropout(func(p float64, _ value) nn.Layer { return nn.AlphaDropout{Rate: p} }), "alpha_dropout", "alpha_dropout_")

// Of features PyTorch draws once for all that lies behind the first two axes, a channel of a row.
var _ = reads(readDropout(func(p float64, x value) nn.Layer { return nn.Dropout{Rate: p, NoiseShape: ofFeatures(x)} }), "feature_dropout", "feature_dropout_")
var _ = reads(readDropout(func(p float64, x value) nn.Layer { return nn.AlphaDropout{Rate: p, NoiseShape: ofFeatures(x)} }), "feature_alpha_dropout", "feature_alpha_dropout_")

func readDropout(layer func(p float64, x value) nn.Layer) func(c *call) ([]value, error) {
	return func(c *call) ([]value, error) {
		of := "input"
		if c.has("self") { // in place
			of = "self"
		}
		x, err := c.node(of)
		if err != nil {
			return nil, err
		}
		p, err := c.number("p", 0.5)
		if err != nil || !c.flag("train", true) || p == 0 {
			return one(x, err)
		}
		return one(c.b.drawing(layer(p, x), x, x.axes))
	}
}

// ofFeatures is the shape of a draw by row and channel, as the node has its axes.
func ofFeatures(x value) []int {
	shape := slices.Repeat([]int{1}, len(x.row)+1)
	for _, axes := range x.axes[:min(2, len(x.axes))] {
		for _, a := range axes {
			shape[a] = -1
		}
	}
	return shape
}

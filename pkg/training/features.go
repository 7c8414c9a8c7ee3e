package training

import "example.com/unstuck/pkg/nn"

// mostChannels is how many channels an image has at most, where nothing but its shape tells: red, green, blue and how transparent it is.
const mostChannels = 4

// FeatureAxis is the axis of an input's features, the rows' counted: 1 where the model's first layers have the channels first, or where
// a model of PyTorch's gets what has the shape of an image, [batch, channels, height, width] with up to four channels; 0 stands for the last.
func (t Training) FeatureAxis(input int) int {
	row := t.Data.Inputs()[input].Shape[1:]
	if len(row) < 2 {
		return 0
	}
	switch nn.FirstDataFormat(t.Model) {
	case "channels_first":
		return 1
	case "":
		if t.OfTorch() && len(row) == 3 && row[0] <= mostChannels {
			return 1
		}
	}
	return 0
}

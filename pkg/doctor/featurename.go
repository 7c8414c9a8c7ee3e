package doctor

import (
	"fmt"

	"example.com/unstuck/pkg/dataset"
)

// featureName is a feature's name in the data, or its place as people count in a table, from 1. The feature is given as one counted
// from 0 over all inputs.
func (p *Patient) featureName(feature int) string {
	for i, input := range p.Training.Data.Inputs() {
		width := input.Shape[len(input.Shape)-1]
		axis := p.Training.FeatureAxis(i)
		if axis > 0 {
			width = input.Shape[axis]
		}
		if feature >= width {
			feature -= width
			continue
		}
		if names := p.Training.Data.Features; i == 0 && axis == 0 && len(names) == width {
			return fmt.Sprintf("%q", names[feature])
		}
		kind := "feature"
		if len(input.Shape) > 2 {
			kind = "channel"
		}
		text := fmt.Sprintf("%s %d", kind, feature+1)
		if i > 0 {
			text += fmt.Sprintf(" of input %d", i+1)
		}
		return text
	}
	return fmt.Sprintf("feature %d", feature+1)
}

// ofFeature is a number with the feature that has it; where there is but one the number alone.
func (p *Patient) ofFeature(x float64, feature int) string {
	if len(p.Look.FeatureMeans) == 1 && len(p.Training.Data.Features) == 0 {
		return fmt.Sprintf("%.3g", x)
	}
	return fmt.Sprintf("%.3g (%s)", x, p.featureName(feature))
}

// spread tells the deviations of the inputs, from the smallest to the largest where there are several features.
func (p *Patient) spread() string {
	l := p.Look
	if len(l.FeatureMeans) == 1 {
		return "the inputs have a deviation of " + p.ofFeature(l.InputHigh, 0)
	}
	return fmt.Sprintf("features have deviations from %s to %s", p.ofFeature(l.InputLow, l.LowAt), p.ofFeature(l.InputHigh, l.HighAt))
}

// largestMean goes on from spread.
func (p *Patient) largestMean() string {
	l := p.Look
	if len(l.FeatureMeans) == 1 {
		return fmt.Sprintf(" and a mean of %.3g", l.FeatureMeans[0])
	}
	return " and means up to " + p.ofFeature(l.InputMagnitude, l.LargestAt)
}

// rareShareOfRows is how many of the rows have the same value in a feature that rarely varies.
const rareShareOfRows = 0.95

// rarelyVary tells for each feature of plain rows whether nearly all rows have one value in it; false for the channels of images and
// series, of which there are so many.
func rarelyVary(a dataset.Array, columns int) []bool {
	rare := make([]bool, columns)
	if len(a.Shape) == 2 {
		for j := range rare {
			rare[j] = majority(a, j) >= rareShareOfRows*float64(a.Rows())
		}
	}
	return rare
}

// majority is how many rows have the most frequent value of a column, where that is more than half of them.
func majority(a dataset.Array, column int) float64 {
	columns := a.RowSize()
	var value float32
	lead := 0
	for i := column; i < len(a.Values); i += columns {
		switch {
		case lead == 0:
			value, lead = a.Values[i], 1
		case a.Values[i] == value:
			lead++
		default:
			lead--
		}
	}
	n := 0.0
	for i := column; i < len(a.Values); i += columns {
		if a.Values[i] == value {
			n++
		}
	}
	return n
}

package training

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/unstuck/pkg/dataset"
)

// classes has targets of the classes −1 and 1, the last row to validate on.
func classes(t *testing.T) Training {
	c := given(t)
	c.Data.X = c.Data.X.Range(0, 5)
	c.Data.Y = dataset.Array{Shape: []int{5, 1}, Values: []float32{-1, 1, 0.6, 5, 1}}
	c.ClassWeight = map[int]float64{1: 3, -1: 0.5}
	require.NoError(t, c.Validate())
	return c
}

func TestClassWeightIsThatOfRowsTrainedOn(t *testing.T) {
	c := classes(t)
	require.Equal(t, []float32{0.5, 3, 3, 1}, c.TrainData().SampleWeight, "0.6 is rounded, 5 isn't named")
	require.Nil(t, c.ValidationData().SampleWeight)
	require.Nil(t, c.Data.SampleWeight, "the data stay as they are")

	c.Data.Y = dataset.Array{Shape: []int{5, 3}, Values: []float32{0, 1, 0, 1, 0, 0, 0, 0, 1, 0.5, 0.5, 0, 1, 0, 0}}
	require.Equal(t, []float32{3, 1, 1, 1}, c.TrainData().SampleWeight, "the first of equals")
}

func TestClassWeightRefused(t *testing.T) {
	for want, change := range map[string]func(*Training){
		"both ClassWeight and the data's SampleWeight": func(c *Training) { c.Data.SampleWeight = make([]float32, 5) },
		"targets of shape [5 2 3]":                     func(c *Training) { c.Data.Y = dataset.Array{Shape: []int{5, 2, 3}, Values: make([]float32, 30)} },
		"class 1 has weight -3":                        func(c *Training) { c.ClassWeight = map[int]float64{1: -3} },
		"every row's class has weight 0":               func(c *Training) { c.ClassWeight = map[int]float64{-1: 0, 1: 0, 0: 0, 5: 0} },
		"class 1 has weight NaN":                       func(c *Training) { c.ClassWeight = map[int]float64{1: math.NaN()} },
	} {
		c := classes(t)
		change(&c)
		require.ErrorContains(t, c.Validate(), want)
	}
	_, err := classes(t).Prepare(StandardizeTargets{})
	require.ErrorContains(t, err, "ClassWeight weighs classes")
}

func TestClassWeightInCode(t *testing.T) {
	c := classes(t)
	code, err := c.KerasCode()
	require.NoError(t, err)
	require.Contains(t, code, "    class_weight={-1: 0.5, 1: 3},\n")
	require.Contains(t, c.GoCode(), "\tClassWeight: map[int]float64{-1: 0.5, 1: 3},\n")
}

// Rows keep the weights of their classes when those get other numbers.
func TestClassWeightOfRecodedTargets(t *testing.T) {
	c := classes(t)
	c.Data.Y.Values = []float32{-1, 1, 1, -1, 1}
	after, err := c.Prepare(Recode{Shift: -1, Scale: 2})
	require.NoError(t, err)
	require.Equal(t, []float32{0, 1, 1, 0, 1}, after.Data.Y.Values)
	require.Equal(t, c.TrainData().SampleWeight, after.TrainData().SampleWeight)
	require.Equal(t, map[int]float64{0: 0.5, 1: 3}, after.ClassWeight)
	require.Contains(t, Compare(c, after).Keras, "class_weight={0: 0.5, 1: 3}")
}

package sweep

import (
	"bytes"
	"encoding/json"
	"fmt"

	"example.com/unstuck/pkg/explore"
	"example.com/unstuck/pkg/training"
)

// choice is one value of each setting of a [File]'s space.
type choice struct {
	LearningRate *float64 `json:"learning_rate"`
	Batch        *int     `json:"batch_size"`
	Optimizer    *string  `json:"optimizer"`
	Activation   *string  `json:"activation"`
	Initializer  *string  `json:"initializer"`
	ClipNorm     *float64 `json:"clip_norm"`
	ClipValue    *float64 `json:"clip_value"`
}

// PointOf is the point that settings such as {"learning_rate": 0.1, "optimizer": "adam"} say, by the names of a file's space.
func PointOf(settings []byte, t training.Training) (explore.Point, error) {
	var c choice
	decoder := json.NewDecoder(bytes.NewReader(settings))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&c); err != nil {
		return nil, fmt.Errorf("the settings: %w", err)
	}
	var s space
	if c.LearningRate != nil {
		s.LearningRate = &rates{List: []float64{*c.LearningRate}}
	}
	s.Batches, s.Optimizer, s.Activation, s.Initializer = one(c.Batch), one(c.Optimizer), one(c.Activation), one(c.Initializer)
	s.ClipNorm, s.ClipValue = one(c.ClipNorm), one(c.ClipValue)
	axes, err := s.axes(t, false)
	if err != nil {
		return nil, err
	}
	points, err := axes.Grid()
	if err != nil {
		return nil, err
	}
	return points[0], nil
}

func one[T any](v *T) []T {
	if v == nil {
		return nil
	}
	return []T{*v}
}

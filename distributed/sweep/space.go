package sweep

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"strconv"

	"example.com/unstuck/pkg/explore"
	"example.com/unstuck/pkg/nn"
	"example.com/unstuck/pkg/optim"
	"example.com/unstuck/pkg/training"
)

// space is what may be chosen; what isn't named stays as the training has it. Nothing is tried in the order in which the axes stand here.
type space struct {
	LearningRate *rates    `json:"learning_rate"`
	Batches      []int     `json:"batch_size"`
	Optimizer    []string  `json:"optimizer"`   // by Keras' names, with the defaults of their settings and the training's learning rate
	Activation   []string  `json:"activation"`  // by Keras' names, of all hidden layers
	Initializer  []string  `json:"initializer"` // by Keras' names, of all kernels
	ClipNorm     []float64 `json:"clip_norm"`   // 0: none
	ClipValue    []float64 `json:"clip_value"`  // 0: none
}

// rates are a list, or those between two, drawn or evenly spaced in their logarithm.
type rates struct {
	List     []float64
	From, To float64
	Count    int // of a grid
}

// UnmarshalJSON reads [0.1, 0.01] or {"from": 1e-4, "to": 1, "count": 9}.
func (r *rates) UnmarshalJSON(text []byte) error {
	if json.Unmarshal(text, &r.List) == nil {
		return nil
	}
	var between struct {
		From  float64 `json:"from"`
		To    float64 `json:"to"`
		Count int     `json:"count"`
	}
	if err := json.Unmarshal(text, &between); err != nil {
		return errors.New(`learning_rate must be a list of numbers or {from: 1e-4, to: 1, count: 9}`)
	}
	r.From, r.To, r.Count = between.From, between.To, between.Count
	return nil
}

func (s space) axes(t training.Training, drawn bool) (explore.Space, error) {
	var all explore.Space
	if s.LearningRate != nil {
		a, err := s.LearningRate.axis(drawn)
		if err != nil {
			return nil, err
		}
		all = append(all, a)
	}
	if s.Batches != nil {
		all = append(all, explore.BatchSizes(s.Batches...))
	}
	optimizers, err := each(s.Optimizer, func(name string) (optim.Optimizer, error) { return optim.ByName(name, t.Optimizer.LearningRate) })
	if err != nil {
		return nil, fmt.Errorf("space.optimizer: %w", err)
	}
	activations, err := each(s.Activation, nn.ActivationByName)
	if err != nil {
		return nil, fmt.Errorf("space.activation: %w", err)
	}
	initializers, err := each(s.Initializer, nn.InitializerByName)
	if err != nil {
		return nil, fmt.Errorf("space.initializer: %w", err)
	}
	if optimizers != nil {
		all = append(all, named(explore.Optimizers(optimizers...), s.Optimizer))
	}
	if activations != nil {
		all = append(all, explore.Activations(activations...))
	}
	if initializers != nil {
		all = append(all, explore.Initializers(initializers...))
	}
	for _, clip := range []struct {
		name   string
		values []float64
		of     func(float64) optim.Transform
	}{
		{"clip norm", s.ClipNorm, func(v float64) optim.Transform { return optim.ClipByNorm{Max: v} }},
		{"clip value", s.ClipValue, func(v float64) optim.Transform { return optim.ClipByValue{Max: v} }},
	} {
		if clip.values != nil {
			clips, labels := make([]optim.Transform, len(clip.values)), make([]string, len(clip.values))
			for i, v := range clip.values {
				labels[i] = "none"
				if v != 0 {
					clips[i], labels[i] = clip.of(v), strconv.FormatFloat(v, 'g', -1, 64)
				}
			}
			a := named(explore.Clips(clips...), labels)
			a.Name = clip.name
			all = append(all, a)
		}
	}
	if len(all) == 0 {
		return nil, errors.New("space is empty: name what may be tried: learning_rate, batch_size, optimizer, activation, initializer, clip_norm, clip_value")
	}
	return all, nil
}

func (r rates) axis(drawn bool) (explore.Axis, error) {
	switch {
	case r.List != nil:
		for _, rate := range r.List {
			if !(rate > 0) || math.IsInf(rate, 0) {
				return explore.Axis{}, fmt.Errorf("space.learning_rate: %g: must be above 0", rate)
			}
		}
		return explore.LearningRates(r.List...), nil
	case !(r.From > 0 && r.To > r.From):
		return explore.Axis{}, fmt.Errorf("space.learning_rate: from %g to %g: must be 0 < from < to", r.From, r.To)
	case drawn:
		return explore.RatesBetween(r.From, r.To), nil
	case r.Count < 2:
		return explore.Axis{}, fmt.Errorf("space.learning_rate: count is %d: a grid needs at least 2", r.Count)
	}
	return explore.LearningRates(explore.LogSpace(r.From, r.To, r.Count)...), nil
}

// named gives the values of an axis the labels that they have in the file.
func named(a explore.Axis, labels []string) explore.Axis {
	for i := range a.Values {
		a.Values[i].Label = labels[i]
	}
	return a
}

func each[T any](names []string, of func(string) (T, error)) ([]T, error) {
	var all []T
	for _, name := range names {
		v, err := of(name)
		if err != nil {
			return nil, err
		}
		all = append(all, v)
	}
	return all, nil
}

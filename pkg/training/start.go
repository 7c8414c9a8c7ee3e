package training

import (
	"fmt"
	"path/filepath"
	"slices"

	"example.com/unstuck/pkg/dataset"
	"example.com/unstuck/pkg/nn"
	"example.com/unstuck/pkg/optim"
)

// Start is where a training begins when it isn't at freshly drawn weights: where another one, or an earlier part of the
// same, has ended. It is the same for all seeds, which then decide on the order of the rows and on dropout alone. What lies in
// it is never written to.
type Start struct {
	// Weights are those of the model, by their paths. What isn't named comes from its initializer; nil: everything does.
	Weights []Weight
	// Memory is what the optimizer goes on from, its count of steps and each weight's slots; nil: it begins anew.
	Memory *optim.Memory
	// From is where they come from, "model.keras", for reports and code. Empty where that isn't known.
	From string
	// Noted is what a loss at the start is known to be. Zero: nothing is known.
	Noted Noted
	// Adapted says that model or optimizer have been changed since: a weight that isn't the model's any more, by its path and
	// shape, is left to its initializer, and a Memory that isn't the optimizer's is left out. Else both are errors.
	Adapted bool
}

// Noted is a loss that was computed elsewhere, in evaluation, of the first rows of the data at the start.
type Noted struct {
	Rows int // 0: none
	Loss float64
}

// Weight is the value of one weight of a model.
type Weight struct {
	Path  string        // of the variable in the model's store, "/dense_1/kernel"
	Array dataset.Array // kernels are [in, out], as in Keras
}

// Started reports whether there are weights or a memory to start from.
func (s Start) Started() bool { return len(s.Weights) > 0 || s.Memory != nil }

// StartText says where it starts, "the weights in model.keras, the optimizer at step 120"; empty where it is fresh.
func (s Start) StartText() string {
	if !s.Started() {
		return ""
	}
	text := "given weights"
	if s.From != "" {
		text = "the weights in " + s.From
	}
	if s.Memory != nil {
		text += fmt.Sprintf(", the optimizer at step %d", s.Memory.Steps)
	}
	return text
}

// Redrawn is the training from fresh weights, drawn by the initializers from its seed, with an optimizer that remembers
// nothing. From stays: a program of PyTorch's is the caller's own model, and code says how to draw its weights anew.
func (t Training) Redrawn() Training {
	if !t.OfTorch() {
		t.From = ""
	}
	t.Start = Start{From: t.From}
	return t
}

// checkStart refuses weights of another shape than the model's. Where layers say nothing of their weights, building the model
// will tell.
func (t Training) checkStart() error {
	if len(t.Weights) == 0 || t.Adapted {
		return nil
	}
	batches := make([][]int, 0, 1)
	for _, row := range t.RowShapes() {
		batches = append(batches, append([]int{1}, row...))
	}
	declared := map[string][]int{}
	_, err := nn.Measure(t.Model, batches, func(m nn.Measured) error {
		for _, w := range m.Weights {
			declared["/"+m.Path+"/"+w.Name] = w.Shape
		}
		return nil
	})
	if err != nil {
		return nil // building it says where
	}
	for _, w := range t.Weights {
		if shape, known := declared[w.Path]; known && !slices.Equal(shape, w.Array.Shape) {
			return fmt.Errorf("the weight %s to start from has shape %v, on rows of shape %v the model's has %v", w.Path, w.Array.Shape, t.RowShapes()[0], shape)
		}
	}
	return nil
}

// goLine is the field of the training in Go; empty where there is none.
func (s Start) goLine() string {
	switch {
	case !s.Started():
		return ""
	case s.From == "":
		return "yours // the weights to start from"
	case s.OfTorch():
		return fmt.Sprintf("described.Start // of saved.Files{Model: %q, …}.Read()", s.From)
	}
	return fmt.Sprintf("described.Start // of keras.ReadModel(%q)", s.From)
}

// kerasLine gives the model its weights in Keras; empty where there is nothing to give.
func (s Start) kerasLine() string {
	switch {
	case !s.Started():
		return ""
	case s.From == "":
		return "model.set_weights(yours)"
	}
	return fmt.Sprintf("model.load_weights(%q)", s.From)
}

// OfTorch reports whether the model is one of PyTorch's that the caller has.
func (s Start) OfTorch() bool { return filepath.Ext(s.From) == ".pt2" }

// torchRedraw draws a caller's model anew. That of nn.MultiheadAttention alone has another name.
const torchRedraw = `for module in model.modules():  # weights as PyTorch draws them by default, none of nn.init behind it
    reset = getattr(module, "reset_parameters", getattr(module, "_reset_parameters", None))
    if reset is not None:
        reset()`

// torchLine says in PyTorch that the model doesn't start fresh; a model of the caller's does as it is.
func (s Start) torchLine() string {
	switch {
	case s.OfTorch() && s.Started():
		return ""
	case s.OfTorch():
		return torchRedraw
	case !s.Started():
		return ""
	case s.From == "":
		return "model.load_state_dict(yours)"
	}
	return fmt.Sprintf("model.load_state_dict(yours)  # the weights in %q", s.From)
}

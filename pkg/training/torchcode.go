package training

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"example.com/unstuck/pkg/loss"
	"example.com/unstuck/pkg/nn"
	"example.com/unstuck/pkg/optim"
)

// TorchCode is a Python program that runs the same training in PyTorch, given its arrays as they were before they were
// prepared. PyTorch draws other weights and another order from the seed, and initial weights of its own where no line of
// nn.init sets them; from the same weights in the same order the losses are the same, but for what [nn.TorchCode],
// [loss.TorchCode] and [optim.Optimizer.TorchCode] name. What has nothing like it there, constraints, weights of rows and classes, and
// losses of an output with a mask, are an error that names it; a penalty on activities is a comment, and missing in what is trained.
func (t Training) TorchCode() (string, error) {
	lines, err := t.torchLines()
	return strings.Join(lines, "\n"), err
}

func (t Training) torchLines() ([]string, error) {
	if t.Data.SampleWeight != nil || t.Validation.SampleWeight != nil || len(t.ClassWeight) > 0 {
		return nil, errors.New("weights of rows and classes aren't written in PyTorch")
	}
	if nn.MasksOutput(t.Model, len(nn.InputNames(t.Model))) {
		return nil, errors.New("the model's output has a mask, by which the loss leaves steps out: that isn't written in PyTorch")
	}
	w, err := t.torchParts()
	if err != nil {
		return nil, err
	}
	lines := w.imports()
	lines = append(lines, "", strings.Join(t.allNames(), ", ")+" = yours  # "+t.shapes())
	lines = append(lines, t.torchEncodings()...)
	for _, p := range t.prepared {
		lines = append(lines, p.python...)
	}
	if t.Seed != 0 {
		lines = append(lines, fmt.Sprintf("torch.manual_seed(%d)", t.Seed))
	}
	lines = append(lines, w.model...)
	if start := t.Start.torchLine(); start != "" {
		lines = append(lines, strings.Split(start, "\n")...)
	}
	lines = append(lines, w.tensors...)
	lines = append(lines, "loader = torch.utils.data.DataLoader(",
		"    torch.utils.data.TensorDataset("+w.rows(t.arrayNames(), w.train)+"),",
		fmt.Sprintf("    batch_size=%d,", w.batch))
	if !t.NoShuffle {
		lines = append(lines, "    shuffle=True,")
	}
	lines = append(lines, ")")
	lines = append(lines, w.objective...)
	if len(t.Metrics) > 0 {
		var names []string
		for _, m := range t.Metrics {
			names = append(names, m.String())
		}
		lines = append(lines, "# Left out, for they change nothing in the training: the metrics "+strings.Join(names, ", "))
	}
	lines = append(lines, w.optimizer.Before...)
	if w.optimizer.Counts {
		lines = append(lines, "step = 0")
	}
	if t.StopEarly > 0 {
		lines = append(lines, "lowest, lowest_epoch, weights = float('inf'), 0, copy.deepcopy(model.state_dict())")
	}
	lines = append(lines, fmt.Sprintf("for epoch in range(%d):", max(1, t.Epochs)))
	lines = append(lines, shifted(w.epoch())...)
	if t.StopEarly > 0 {
		lines = append(lines, "model.load_state_dict(weights)")
	}
	return append(lines, w.optimizer.After...), nil
}

// torchTraining is what a program is made of.
type torchTraining struct {
	Training
	model     []string
	tensors   []string // make tensors of the arrays
	objective []string // define loss_function, and penalty
	loss      string   // format of the loss of inputs and targets
	optimizer optim.TorchCode
	batch     int
	train     string // index of the rows that are trained on; empty: all
}

func (t Training) torchParts() (torchTraining, error) {
	w := torchTraining{Training: t, batch: t.BatchSize, loss: "loss_function(model(%s), %s)"}
	if w.batch == 0 {
		w.batch = 32
	}
	if t.ValidationSplit > 0 {
		w.train = fmt.Sprintf("[:%d]", t.TrainRows())
	}
	shapes := t.RowShapes()
	for i, s := range shapes {
		shapes[i] = append([]int{w.batch}, s...)
	}
	write := nn.InTorch
	if t.OfTorch() {
		write = nn.InTorchByName
	}
	m, err := write(t.Model, shapes...)
	if err != nil {
		return w, err
	}
	for _, weight := range m.Weights {
		if weight.Constraint != nil {
			return w, fmt.Errorf("%s: its constraint %T isn't written in PyTorch", weight.Path, weight.Constraint)
		}
	}
	penalties, err := m.Penalties()
	if err != nil {
		return w, err
	}
	for _, line := range strings.Split(strings.TrimRight(m.Code, "\n"), "\n") {
		if len(penalties) == 0 || !strings.HasPrefix(line, "# The penalty on ") { // they are added to the loss below
			w.model = append(w.model, line)
		}
	}
	numbers, err := w.losses(m.Outputs)
	if err != nil {
		return w, err
	}
	if len(penalties) > 0 {
		w.objective = append(w.objective, "", "def penalty():", "    return (")
		for i, p := range penalties {
			if i > 0 {
				p = "+ " + p
			}
			w.objective = append(w.objective, "        "+p)
		}
		w.objective = append(w.objective, "    )", "")
		w.loss += " + penalty()"
	}
	w.tensorsOf(m, numbers)
	place := optim.TorchPlace{Parameters: map[string][]string{}, EpochSteps: t.Steps()}
	for _, weight := range m.Weights {
		path := "/" + weight.Path
		place.Parameters[path] = append(place.Parameters[path], weight.Expression)
	}
	w.optimizer, err = t.Optimizer.TorchCodeIn(place)
	return w, err
}

// losses writes the loss; it is which outputs have class numbers as targets.
func (w *torchTraining) losses(outputs [][]int) (numbers []bool, err error) {
	all, several := w.Loss.(loss.Outputs)
	if !several {
		for range outputs {
			all = append(all, loss.Output{Loss: w.Loss})
		}
	}
	numbers = make([]bool, len(all))
	functions := make([]string, len(all))
	for i, o := range all {
		if o.Loss == nil {
			continue
		}
		axes := 2
		if i < len(outputs) {
			axes = len(outputs[i])
		}
		code, err := loss.TorchCode(o.Loss, axes)
		if err != nil {
			return nil, err
		}
		functions[i], numbers[i] = code.Function, code.Numbers
	}
	if len(all) == 1 && all[0].Factor() == 1 {
		w.objective = []string{"loss_function = " + functions[0]}
		return numbers, nil
	}
	var terms []string
	for i, f := range functions {
		if f == "" {
			continue
		}
		if strings.HasPrefix(f, "lambda") {
			f = "(" + f + ")"
		}
		term := fmt.Sprintf("%s(predictions[%d], targets[%d])", f, i, i)
		if len(all) == 1 {
			term = f + "(predictions, targets)"
		}
		if factor := all[i].Factor(); factor != 1 {
			term = fmt.Sprintf("%v * %s", factor, term)
		}
		if len(terms) > 0 {
			term = "+ " + term
		}
		terms = append(terms, "        "+term)
	}
	w.objective = slices.Concat([]string{"", "def loss_function(predictions, targets):", "    return ("}, terms, []string{"    )", ""})
	return numbers, nil
}

// tensorsOf makes tensors of the arrays, of the types and shapes that model and loss take.
func (w *torchTraining) tensorsOf(m nn.TorchModel, numbers []bool) {
	tensor := func(name string, whole bool, reshaped string) {
		kind, names := "float32", []string{name}
		if whole {
			kind = "long"
		}
		if w.Validation.Rows() > 0 {
			names = append(names, validationNames(names)...)
		}
		for _, name := range names {
			w.tensors = append(w.tensors, fmt.Sprintf("%s = torch.as_tensor(%s, dtype=torch.%s)%s", name, name, kind, reshaped))
		}
	}
	for i, name := range w.inputNames() {
		tensor(name, i < len(m.Whole) && m.Whole[i], "")
	}
	targets := w.Data.Outputs()
	for i, name := range w.outputNames() {
		reshaped := ""
		if i < len(m.Outputs) && i < len(targets) && !w.broadcasts(i) {
			reshaped = reshape(targets[i].Shape[1:], m.Outputs[i][1:], numbers[i])
		}
		tensor(name, numbers[i], reshaped)
	}
}

// broadcasts reports whether an output's targets are given in a shape by which the loss compares each with every prediction.
func (t Training) broadcasts(output int) bool {
	for _, o := range t.Outputs() {
		if _, is := o.Loss.(loss.Broadcast); is && o.At == output {
			return true
		}
	}
	return false
}

// reshape brings rows of targets to the predictions' shape where a last axis of 1 is all that is in the way: PyTorch would
// compare each with each.
func reshape(targets, predictions []int, numbers bool) string {
	switch {
	case numbers && len(targets) == len(predictions) && targets[len(targets)-1] == 1:
		return ".squeeze(-1)"
	case numbers:
		return ""
	case len(predictions) == len(targets)+1 && predictions[len(predictions)-1] == 1:
		return ".unsqueeze(-1)"
	case len(targets) == len(predictions)+1 && targets[len(targets)-1] == 1:
		return ".squeeze(-1)"
	}
	return ""
}

func (w torchTraining) imports() []string {
	var lines []string
	if w.StopEarly > 0 {
		lines = append(lines, "import copy")
	}
	if w.optimizer.Math {
		lines = append(lines, "import math")
	}
	if len(w.prepared) > 0 {
		lines = append(lines, "import numpy as np")
	}
	return append(lines, "import torch", "from torch import nn")
}

// rows are arrays at an index: "x[80:], y[80:]".
func (torchTraining) rows(names []string, index string) string {
	return strings.Join(names, index+", ") + index
}

// epoch are the lines within the loop.
func (w torchTraining) epoch() []string {
	batch := func(names []string) []string {
		all := make([]string, len(names))
		for i, name := range names {
			all[i] = name + "_batch"
		}
		return all
	}
	inputs, outputs := batch(w.inputNames()), batch(w.outputNames())
	lines := []string{"model.train()", "for " + strings.Join(slices.Concat(inputs, outputs), ", ") + " in loader:"}
	within := slices.Clone(w.optimizer.Start)
	within = append(within, "loss = "+fmt.Sprintf(w.loss, strings.Join(inputs, ", "), tuple(outputs, "")), "loss.backward()")
	lines = append(lines, shifted(append(within, w.optimizer.Update...))...)
	lines = append(lines, w.optimizer.Epoch...)
	if !w.Validated() {
		return append(lines, "print(epoch, loss.item())")
	}
	inputs, outputs = w.inputNames(), w.outputNames()
	held := fmt.Sprintf("[%d:]", w.TrainRows())
	if w.Validation.Rows() > 0 {
		inputs, outputs, held = validationNames(inputs), validationNames(outputs), ""
	}
	lines = append(lines, "model.eval()", "with torch.no_grad():",
		"    validation = "+fmt.Sprintf(w.loss, w.rows(inputs, held), tuple(outputs, held)),
		"print(epoch, loss.item(), validation.item())")
	if w.StopEarly > 0 {
		lines = append(lines, "if validation < lowest:",
			"    lowest, lowest_epoch, weights = validation, epoch, copy.deepcopy(model.state_dict())",
			fmt.Sprintf("if epoch - lowest_epoch >= %d:", w.StopEarly), "    break")
	}
	return lines
}

// tuple is y, or (y_left, y_right).
func tuple(names []string, index string) string {
	text := strings.Join(names, index+", ") + index
	if len(names) > 1 {
		return "(" + text + ")"
	}
	return text
}

func shifted(lines []string) []string {
	out := make([]string, len(lines))
	for i, line := range lines {
		out[i] = "    " + line
	}
	return out
}

package nn

import (
	"fmt"
	"slices"
	"strings"

	"example.com/unstuck/internal/codec"
)

// torchMasked is implemented by layers that look at masks and can do so in PyTorch, whose values carry none: masks says
// which of the inputs have one, in the steps' texts {mask0}, {mask1}, …, true for steps that count.
type torchMasked interface {
	torchMasked(inputs [][]int, masks []bool) ([]TorchStep, error)
}

// torchOtherMask stands for a mask that isn't written down.
const torchOtherMask = "?"

// maskedSteps are the steps of a layer that looks at masks, and the variables that hold them.
func maskedSteps(l Layer, shapes [][]int, inputs []torchValue) ([]TorchStep, map[string]string, error) {
	m, ok := l.(torchMasked)
	if !ok {
		return nil, nil, fmt.Errorf("%s looks at masks, which PyTorch's modules don't", typeName(l))
	}
	masks, locals := make([]bool, len(inputs)), map[string]string{}
	for i, v := range inputs {
		if v.mask == torchOtherMask {
			return nil, nil, fmt.Errorf("%s looks at a mask that PyTorch has no short form for", typeName(l))
		}
		masks[i] = v.mask != ""
		locals[fmt.Sprintf("mask%d", i)] = v.mask
	}
	steps, err := m.torchMasked(shapes, masks)
	return steps, locals, err
}

// newMask writes the mask that a layer makes of its input, before that is written over.
func (w *torchWriter) newMask(l Layer, inputs []torchValue) string {
	if passingOf(l) != makes {
		return ""
	}
	forward := "{x} != 0"
	if m, ok := l.(Masking); ok {
		forward = "({x} != " + codec.PythonFloat(m.MaskValue) + ").any(-1)"
	}
	return w.maskOp(forward, inputs[0].expression)
}

func (w *torchWriter) maskOp(forward string, inputs ...string) string {
	mask := w.variables.unique("mask")
	w.ops = append(w.ops, torchOp{TorchStep: TorchStep{Forward: forward}, inputs: inputs, output: mask, masks: true})
	return mask
}

// passMask is the mask of what a layer puts out, by those of its inputs; rank is the output's.
func (w *torchWriter) passMask(l Layer, masks []string, rank int, made string) string {
	switch rule := passingOf(l); {
	case rule == makes:
		return made
	case rule == bySequence && rank < 3, rule == letsGo:
		return ""
	case rule == merges:
		return w.anyMask(masks)
	case rule == joins:
		return w.joinedMask(l.(Concatenate), masks, rank)
	}
	return masks[0]
}

// anyMask is true where one of the masks is, none where one is missing.
func (w *torchWriter) anyMask(masks []string) string {
	different := slices.Compact(slices.Sorted(slices.Values(masks)))
	switch {
	case different[0] == "":
		return ""
	case slices.Contains(different, torchOtherMask):
		return torchOtherMask
	case len(different) == 1:
		return masks[0]
	}
	parts := make([]string, len(masks))
	for i := range masks {
		parts[i] = fmt.Sprintf("{%d}", i)
	}
	return w.maskOp(strings.Join(parts, " | "), masks...)
}

// joinedMask is that of features side by side, or of sequences one behind the other.
func (w *torchWriter) joinedMask(c Concatenate, masks []string, rank int) string {
	axis := c.axis(rank)
	missing := slices.Contains(masks, "")
	switch {
	case strings.Join(masks, "") == "":
		return ""
	case slices.Contains(masks, torchOtherMask), rank != 3, axis == 1 && missing:
		return torchOtherMask
	case axis == 1:
		parts := make([]string, len(masks))
		for i := range masks {
			parts[i] = fmt.Sprintf("{%d}", i)
		}
		return w.maskOp("torch.cat(("+strings.Join(parts, ", ")+"), dim=1)", masks...)
	}
	return w.anyMask(masks) // where one has none, all steps count
}

// dropMasks takes out the masks that nobody looks at.
func (w *torchWriter) dropMasks() {
	used := map[string]bool{}
	for i := len(w.ops) - 1; i >= 0; i-- {
		op := w.ops[i]
		if op.masks && !used[op.output] {
			w.ops = slices.Delete(w.ops, i, i+1)
			continue
		}
		for _, x := range op.inputs {
			used[x] = true
		}
		for name, variable := range op.locals {
			used[variable] = used[variable] || strings.Contains(op.Forward, "{"+name+"}")
		}
	}
}

// withoutBuilt are the values as a model within another sees them, see [asBuiltAlone].
func withoutBuilt(values []torchValue) []torchValue {
	values = slices.Clone(values)
	for i := range values {
		values[i].built = ""
	}
	return values
}

// withoutTorchMasks are the values as a layer that is used as a function sees them.
func withoutTorchMasks(values []torchValue) []torchValue {
	values = slices.Clone(values)
	for i := range values {
		values[i].mask, values[i].built = "", ""
	}
	return values
}

package training

import (
	"fmt"

	"example.com/unstuck/pkg/loss"
	"example.com/unstuck/pkg/nn"
)

// targets are the lines that bring the targets to what another loss takes.
func (e *torchEditor) targets() {
	was, is := e.before.torchLosses(), e.after.torchLosses()
	for i, name := range e.before.outputNames() {
		if e.before.broadcasts(i) && !e.after.broadcasts(i) {
			// Indices, because what the program has may be a tensor or an array.
			index := "[:, None]"
			if len(e.before.Data.Outputs()[i].Shape) > 1 {
				index = "[:, 0]"
			}
			line := e.renamed(name+" = "+name+index, "y")
			e.add(e.behindData([]string{line}), line)
			continue
		}
		if i >= len(was) || i >= len(is) || was[i].kind == is[i].kind && (was[i].reshaped == is[i].reshaped || is[i].reshaped == "") {
			continue
		}
		line := e.renamed(fmt.Sprintf("%s = torch.as_tensor(%s, dtype=torch.%s)%s", name, name, is[i].kind, is[i].reshaped), "y")
		e.add(e.behindData([]string{line}), line)
	}
}

// torchLoss is the loss of one output in PyTorch.
type torchLoss struct{ function, kind, reshaped string }

// torchLosses are those of all outputs; none where they can't be written.
func (t Training) torchLosses() []torchLoss {
	outputs, err := nn.Measure(t.Model, t.batchShapes(), func(nn.Measured) error { return nil })
	if err != nil {
		return nil
	}
	all, several := t.Loss.(loss.Outputs)
	if !several {
		for range outputs {
			all = append(all, loss.Output{Loss: t.Loss})
		}
	}
	losses := make([]torchLoss, len(all))
	targets := t.Data.Outputs()
	for i, o := range all {
		if o.Loss == nil || i >= len(outputs) || i >= len(targets) {
			continue
		}
		code, err := loss.TorchCode(o.Loss, len(outputs[i]))
		if err != nil {
			continue
		}
		losses[i] = torchLoss{code.Function, "float32", reshape(targets[i].Shape[1:], outputs[i][1:], code.Numbers)}
		if code.Numbers {
			losses[i].kind = "long"
		}
	}
	return losses
}

// losses are the lines with another loss.
func (e *torchEditor) losses() {
	was, is := e.before.torchLosses(), e.after.torchLosses()
	for i := range is {
		if i >= len(was) || was[i].function == is[i].function || is[i].function == "" {
			continue
		}
		given := e.source.Variables["loss"]
		switch {
		case len(is) > 1:
			e.add(fmt.Sprintf("the loss of output %d", i), is[i].function+"  # instead of "+was[i].function)
		case e.named("loss") && given.Known():
			e.add("in place of "+given.Line.String(), given.Name+" = "+is[i].function)
		case e.named("loss"):
			e.add("where the loss is set", given.Name+" = "+is[i].function+"  # instead of "+was[i].function)
		case given.Known():
			e.add("the loss, which "+fmt.Sprintf("%s line %d has as %s", given.File, given.Number, given.Text), is[i].function+"  # instead of "+was[i].function)
		case given.Name != "":
			e.add("the loss, "+given.Name, is[i].function+"  # instead of "+was[i].function)
		default:
			e.add("the loss", is[i].function+"  # instead of "+was[i].function)
		}
	}
}

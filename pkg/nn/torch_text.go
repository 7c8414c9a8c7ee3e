package nn

import (
	"fmt"
	"slices"
	"strings"
)

// isChain reports whether the model is modules alone, each taking what the one before gives.
func (w *torchWriter) isChain(outputs []torchValue) bool {
	if len(w.parameters) != 1 || len(outputs) != 1 {
		return false
	}
	last := w.parameters[0]
	for _, op := range w.ops {
		if op.Module == "" || op.Forward != "" || op.Layout == ChannelsFirst || op.Result != "" || op.again || op.each || op.inputs[0] != last || op.infers() {
			return false
		}
		last = op.output
	}
	return outputs[0].expression == last
}

func (op torchOp) infers() bool { return op.Infers && op.frozen }

// statements are the lines behind the one that makes a module, which stands at that expression.
func (op torchOp) statements(module string) []string {
	lines := append(slices.Clone(op.initial), op.Lines...)
	if op.frozen && len(op.Parameters) > 0 {
		lines = append(lines, "{m}.requires_grad_(False)")
	}
	for i, line := range lines {
		lines[i] = strings.ReplaceAll(line, "{m}", module)
	}
	return lines
}

// head is the comment at the top.
func (w *torchWriter) head() string {
	text := "# Initial weights follow PyTorch's own defaults where no line of nn.init sets them.\n"
	for _, note := range w.notes {
		text += "# " + note + "\n"
	}
	return text
}

func (w *torchWriter) sequential() string {
	modules, statements := "", ""
	for i, op := range w.ops {
		modules += "    " + op.Module + ",\n"
		for _, line := range op.statements(fmt.Sprintf("model[%d]", i)) {
			statements += line + "\n"
		}
	}
	if modules == "" {
		return w.head() + "model = nn.Identity()\n"
	}
	return w.head() + "model = nn.Sequential(\n" + modules + ")\n" + statements
}

func (w *torchWriter) class(outputs []torchValue) string {
	var b strings.Builder
	b.WriteString(w.head() + "class Model(nn.Module):\n    def __init__(self):\n        super().__init__()\n")
	var infer []string
	for _, op := range w.ops {
		if op.member == "" || op.again {
			continue
		}
		module := "self." + op.member
		fmt.Fprintf(&b, "        %s = %s\n", module, op.Module)
		for _, line := range op.statements(module) {
			b.WriteString("        " + line + "\n")
		}
		if op.infers() {
			infer = append(infer, module)
		}
	}
	if len(infer) > 0 {
		b.WriteString("\n    def train(self, mode=True):\n        super().train(mode)\n")
		for _, module := range infer {
			fmt.Fprintf(&b, "        %s.eval()\n", module)
		}
		b.WriteString("        return self\n")
	}
	fmt.Fprintf(&b, "\n    def forward(self, %s):\n", strings.Join(w.parameters, ", "))
	for _, op := range w.ops {
		fmt.Fprintf(&b, "        %s = %s\n", op.output, op.forward())
	}
	returned := make([]string, len(outputs))
	for i, v := range outputs {
		returned[i] = v.expression
	}
	fmt.Fprintf(&b, "        return %s\n\n\nmodel = Model()\n", strings.Join(returned, ", "))
	return b.String()
}

// forward is the expression of what the step gives.
func (op torchOp) forward() string {
	text := op.Forward
	if op.inFirst && op.ForwardFirst != "" {
		text = op.ForwardFirst
	}
	if text == "" {
		text = "{m}({x})"
	}
	if op.Layout == ChannelsFirst && !op.outFirst {
		text += ".movedim(1, -1)"
	}
	inputs := op.inputs
	if op.each {
		inputs = []string{"step"}
	}
	pairs := []string{"{m}", "self." + op.member}
	for i, x := range inputs {
		if op.Layout == ChannelsFirst && !op.inFirst {
			x += ".movedim(-1, 1)"
		}
		if i == 0 {
			pairs = append(pairs, "{x}", x)
		}
		pairs = append(pairs, fmt.Sprintf("{%d}", i), x)
	}
	for name, variable := range op.locals {
		pairs = append(pairs, "{"+name+"}", variable)
	}
	text = strings.NewReplacer(pairs...).Replace(text)
	if op.each {
		text = fmt.Sprintf("torch.stack([%s for step in %s.unbind(1)], dim=1)", text, op.inputs[0])
	}
	return text
}

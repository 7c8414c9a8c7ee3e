package nn

// placeChannels decides which values between the steps have their channels behind the batch, as PyTorch's modules want
// them: those that only steps make and take that can do with it, so that nothing is turned back and forth between them.
// Inputs and outputs of the model keep their axes.
func (w *torchWriter) placeChannels(outputs []torchValue) {
	// Variables are assigned to again: values are numbered, 0 being all inputs.
	now, n := map[string]int{}, 0
	takes, gives := make([][]int, len(w.ops)), make([]int, len(w.ops))
	for i, op := range w.ops {
		for _, x := range op.inputs {
			takes[i] = append(takes[i], now[x])
		}
		n++
		gives[i] = n
		now[op.output] = n
	}
	first := make([]bool, n+1)
	for i, op := range w.ops {
		first[gives[i]] = op.layout() == ChannelsFirst || op.layout() == ChannelsAnywhere
	}
	for _, v := range outputs {
		first[now[v.expression]] = false
	}
	for changed := true; changed; {
		changed = false
		deny := func(values ...int) {
			for _, v := range values {
				changed = changed || first[v]
				first[v] = false
			}
		}
		for i, op := range w.ops {
			switch op.layout() {
			case ChannelsAsHere:
				deny(takes[i]...)
			case ChannelsAnywhere:
				all := first[gives[i]]
				for _, v := range takes[i] {
					all = all && first[v]
				}
				if !all {
					deny(append(takes[i], gives[i])...)
				}
			}
		}
	}
	for i := range w.ops {
		op := &w.ops[i]
		op.inFirst, op.outFirst = len(takes[i]) > 0 && first[takes[i][0]], first[gives[i]]
	}
}

// layout is Layout for what takes a value as it comes.
func (op torchOp) layout() TorchLayout {
	if op.each || op.Result != "" {
		return ChannelsAsHere
	}
	return op.Layout
}

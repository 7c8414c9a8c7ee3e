package torch

import (
	"fmt"
	"strings"
)

// Operations in place, x.add_(1) or nn.ReLU(inplace=True), change a tensor that goes on under its name, and under the names of
// all that is a view of it or that it is a view of.

// views are operations whose result shares the numbers of what they are given, or may.
var views = map[string]bool{}

func init() {
	for _, name := range strings.Fields("view reshape transpose swapaxes t numpy_T mT permute squeeze unsqueeze expand expand_as broadcast_to select slice narrow split chunk " +
		"split_with_sizes tensor_split unbind detach alias contiguous to flatten unflatten movedim moveaxis diagonal unfold unsafe_view type_as") {
		views[name] = true
	}
}

// inPlace reports whether an operation changes what it is given: its name ends with "_" as "relu_" does, and it is no private one.
func (c *call) inPlace() bool {
	name, _, _ := strings.Cut(c.operation, ".")
	return strings.HasSuffix(name, "_") && !strings.HasPrefix(name, "__")
}

// root is the tensor whose numbers a tensor shares, itself if none.
func (b *builder) root(name string) string {
	if r, ok := b.roots[name]; ok {
		return r
	}
	return name
}

// shares notes what shares its numbers with what, before the operation is read.
func (b *builder) shares(c *call) {
	if len(c.Inputs) == 0 || c.Inputs[0].Arg.Tensor == nil {
		return
	}
	from := c.Inputs[0].Arg.Tensor.Name
	if !views[operationName(c.operation)] && !c.inPlace() {
		return
	}
	for _, name := range c.outputNames() {
		if name != "" {
			b.roots[name] = b.root(from)
		}
	}
}

// changed gives what an operation in place made to the name of what it changed. Views of that, which changed as well, can't be taken
// any more.
func (b *builder) changed(c *call, out []value) {
	if !c.inPlace() || len(out) != 1 || len(c.Inputs) == 0 || c.Inputs[0].Arg.Tensor == nil {
		return
	}
	own := map[string]bool{c.Inputs[0].Arg.Tensor.Name: true}
	for _, name := range c.outputNames() {
		own[name] = true
	}
	root := b.root(c.Inputs[0].Arg.Tensor.Name)
	same := b.values[c.Inputs[0].Arg.Tensor.Name]
	for name, v := range b.values {
		switch {
		case own[name] || b.root(name) != root:
		case v.ref == same.ref && v.ref != "" && fmt.Sprint(v.axes) == fmt.Sprint(same.axes): // another name of the very tensor
			own[name] = true
		default:
			b.stale[name] = true
		}
	}
	for name := range own {
		if name != "" {
			v := out[0]
			if b.values[name].buffer != "" { // a count of batches, which nothing needs
				continue
			}
			b.values[name] = v
		}
	}
}

// outputNames are the names of all tensors that an operation gives.
func (c *call) outputNames() []string {
	var names []string
	for _, o := range c.Outputs {
		switch {
		case o.Tensor != nil:
			names = append(names, o.Tensor.Name)
		case o.Tensors != nil:
			for _, t := range o.Tensors {
				names = append(names, t.Name)
			}
		default:
			names = append(names, "")
		}
	}
	return names
}

package torch

import (
	"fmt"
	"slices"
	"strings"

	"example.com/unstuck/pkg/nn"
	"example.com/unstuck/pkg/training"
)

// builder makes a model of a program, operation by operation.
type builder struct {
	values   map[string]value
	sizes    map[string]size
	tensors  map[string]tensor // parameters by their names
	graph    nn.Graph
	taken    map[string]bool // names of nodes and inputs
	weights  []training.Weight
	places   map[string][]string // of PyTorch's parameters: the paths of weights here
	tied     map[string]string   // other names of parameters
	owners   map[string]owner    // of parameters that layers have taken
	tables   map[string]table    // of embeddings, by their parameter
	problems training.Problems
	meta     map[string]tensorMeta         // of what the program gives
	returned []int                         // axes of PyTorch's outputs
	now      *call                         // whose operation is being read
	origins  map[string]training.Operation // of nodes
	draws    []Draw
	together bool              // it is a loss, which may make one number of all rows
	roots    map[string]string // tensors whose numbers others share
	stale    map[string]bool   // tensors that were changed in place under another name
}

// owner is the node that has a parameter as its weight.
type owner struct {
	node string
	key  string // what it does with which parameters: the same again is another use of the layer
}

func newBuilder() *builder {
	return &builder{
		values: map[string]value{}, sizes: map[string]size{}, tensors: map[string]tensor{}, taken: map[string]bool{},
		places: map[string][]string{}, tied: map[string]string{}, owners: map[string]owner{}, tables: map[string]table{},
		origins: map[string]training.Operation{},
		roots:   map[string]string{}, stale: map[string]bool{},
	}
}

func (b *builder) value(name string) (value, error) {
	v, ok := b.values[name]
	switch {
	case !ok:
		return v, notRead(name)
	case b.stale[name]:
		return v, fmt.Errorf("it takes a tensor that was changed in place since, as a part of another or by a part of it, which isn't supported: h = h + … makes a new one where h += … changes it")
	}
	return v, nil
}

// notRead is the error of an operation that takes what another gives that wasn't understood.
type notRead string

func (n notRead) Error() string {
	return fmt.Sprintf("what it takes, %q, wasn't understood", string(n))
}

// name makes a name for a node of the operation that is being read: the path of a module that is a layer, else what the
// program calls it.
func (b *builder) name(suffix string) string {
	stem := "view"
	if c := b.now; c != nil {
		stem = c.path
		if !strings.HasPrefix(c.class, "torch.nn.modules") || stem == "" {
			stem = strings.Trim(c.path+"."+operationName(c.operation), ".")
		}
	}
	if suffix != "" {
		stem += "." + suffix
	}
	stem = strings.NewReplacer("/", "_", ":", "_").Replace(stem)
	name := stem
	for i := 1; b.taken[name]; i++ {
		name = fmt.Sprintf("%s_%d", stem, i)
	}
	b.taken[name] = true
	return name
}

func operationName(operation string) string {
	name, _, _ := strings.Cut(operation, ".")
	return strings.Trim(name, "_")
}

// plain puts an operation without weights behind a node, for the order of axes.
func (b *builder) plain(l nn.Layer, from ...string) string {
	name := b.name("view")
	b.graph.Nodes = append(b.graph.Nodes, nn.Node{Name: name, Layer: l, From: from})
	return name
}

// add puts a layer behind nodes with PyTorch's axes, and gives its output.
func (b *builder) add(l nn.Layer, from ...value) (value, error) {
	all, err := b.addAll(l, from...)
	if err != nil {
		return value{}, err
	}
	return all[0], nil
}

// addAll is add of a layer with several outputs.
func (b *builder) addAll(l nn.Layer, from ...value) ([]value, error) {
	refs, rows, err := b.measured(l, from)
	if err != nil {
		return nil, err
	}
	name := b.name("")
	b.graph.Nodes = append(b.graph.Nodes, nn.Node{Name: name, Layer: l, From: refs})
	return outputs(name, rows), nil
}

func outputs(name string, rows [][]int) []value {
	var all []value
	for i, row := range rows {
		ref := name
		if i > 0 {
			ref = fmt.Sprintf("%s:%d", name, i)
		}
		all = append(all, of(ref, row))
	}
	return all
}

// measured works out a layer's outputs, of one row.
func (b *builder) measured(l nn.Layer, from []value) (refs []string, rows [][]int, err error) {
	var shapes [][]int
	for _, v := range from {
		refs, shapes = append(refs, v.ref), append(shapes, append([]int{1}, v.row...))
	}
	out, err := nn.Measure(l, shapes, func(nn.Measured) error { return nil })
	if err != nil {
		return nil, nil, err
	}
	for _, shape := range out {
		rows = append(rows, shape[1:])
	}
	return refs, rows, nil
}

// weight says what one of a layer's weights is in PyTorch.
type weight struct {
	name       string                              // of the layer's weight, "kernel"
	parameters []string                            // PyTorch's, one or several that lie in one weight here
	values     func(from []tensor) (tensor, error) // nil: as they are
}

// layer puts a layer with weights behind nodes. The same parameters taken by the same layer again are another use of it.
func (b *builder) layer(l nn.Layer, weights []weight, from ...value) ([]value, error) {
	refs, rows, err := b.measured(l, from)
	if err != nil {
		return nil, err
	}
	key := fmt.Sprintf("%#v", l)
	for _, w := range weights {
		key += "|" + strings.Join(w.parameters, ",")
	}
	for _, w := range weights {
		for _, p := range w.parameters {
			if o, ok := b.owners[p]; ok {
				if o.key != key {
					return nil, fmt.Errorf("its parameter %q is used in another way elsewhere, which isn't supported", p)
				}
				name := b.name("")
				b.graph.Nodes = append(b.graph.Nodes, nn.Node{Name: name, Shared: o.node, From: refs})
				return outputs(name, rows), nil
			}
		}
	}
	if l, err = b.frozen(l, weights); err != nil {
		return nil, err
	}
	name := b.name("")
	for _, w := range weights {
		if err := b.take(name, key, w); err != nil {
			return nil, err
		}
	}
	b.graph.Nodes = append(b.graph.Nodes, nn.Node{Name: name, Layer: l, From: refs})
	return outputs(name, rows), nil
}

// frozen is the layer, frozen where none of its parameters is trained in PyTorch.
func (b *builder) frozen(l nn.Layer, weights []weight) (nn.Layer, error) {
	still, trained := "", ""
	for _, w := range weights {
		for _, p := range w.parameters {
			switch {
			case w.name == "moving_mean" || w.name == "moving_variance":
			case b.tensors[p].still:
				still = p
			default:
				trained = p
			}
		}
	}
	switch {
	case still == "":
		return l, nil
	case trained != "":
		return nil, fmt.Errorf("its parameter %q is trained and %q isn't (requires_grad=False), which isn't supported in one layer", trained, still)
	case nn.MixesRows(l):
		return nil, fmt.Errorf("its parameter %q isn't trained (requires_grad=False), but its statistics move: call eval() on it, which isn't supported either, or leave it trained", still)
	}
	return nn.Frozen{Layer: l}, nil
}

// take makes parameters of PyTorch a weight of the node.
func (b *builder) take(node, key string, w weight) error {
	var from []tensor
	for _, p := range w.parameters {
		t, ok := b.tensors[p]
		if !ok {
			return fmt.Errorf("the file doesn't hold its parameter %q", p)
		}
		from = append(from, t)
	}
	path := "/" + node + "/" + w.name
	for _, p := range w.parameters {
		b.owners[p] = owner{node, key}
		if _, is := b.places[p]; is { // and no buffer
			b.places[p] = append(b.places[p], path)
		}
	}
	t := from[0]
	if w.values != nil {
		var err error
		if t, err = w.values(from); err != nil {
			return err
		}
	}
	b.weights = append(b.weights, training.Weight{Path: path, Array: t.array()})
	return nil
}

// transposed is a tensor with its axes in another order.
func (t tensor) transposed(order ...int) tensor {
	out := tensor{shape: make([]int, len(order)), values: make([]float32, len(t.values)), whole: t.whole}
	strides, stride := make([]int, len(t.shape)), 1
	for i := len(t.shape) - 1; i >= 0; i-- {
		strides[i], stride = stride, stride*t.shape[i]
	}
	for i, a := range order {
		out.shape[i] = t.shape[a]
	}
	at := make([]int, len(order))
	for i := range out.values {
		from := 0
		for k, n := range at {
			from += n * strides[order[k]]
		}
		out.values[i] = t.values[from]
		for k := len(at) - 1; k >= 0; k-- {
			if at[k]++; at[k] < out.shape[k] {
				break
			}
			at[k] = 0
		}
	}
	return out
}

func turned(order ...int) func([]tensor) (tensor, error) {
	return func(from []tensor) (tensor, error) {
		if len(from[0].shape) != len(order) {
			return tensor{}, fmt.Errorf("a parameter has shape %v, %d axes are needed", from[0].shape, len(order))
		}
		return from[0].transposed(order...), nil
	}
}

// parameterOf is the name of a parameter that an operation takes as a weight.
func (c *call) parameterOf(argument string) (name string, shape []int, err error) {
	v, err := c.tensor(argument)
	switch {
	case err != nil:
		return "", nil, err
	case v.parameter == "":
		return "", nil, fmt.Errorf("its %s isn't a parameter of the model but computed from one, which isn't supported", argument)
	}
	return v.parameter, slices.Clone(v.known.shape), nil
}

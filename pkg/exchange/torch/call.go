package torch

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"example.com/unstuck/internal/excerpt"
	"example.com/unstuck/pkg/training"
)

// call is an operation of the program with its arguments by name.
type call struct {
	*nodeJSON
	b         *builder
	operation string        // "conv2d.default" without "torch.ops.aten."
	path      string        // of the module in the model, "layer1.0.conv"; empty: the model itself
	class     string        // of the module, "torch.nn.modules.conv.Conv2d"
	line      training.Line // of the user's that calls it, its file with folders
}

func (b *builder) call(n *nodeJSON) *call {
	c := &call{nodeJSON: n, b: b}
	c.operation = strings.TrimPrefix(strings.TrimPrefix(n.Target, "torch.ops."), "aten.")
	if stack := strings.Split(n.Metadata["nn_module_stack"], ";"); len(stack) > 0 {
		if fields := strings.Split(stack[len(stack)-1], ","); len(fields) == 3 {
			c.path, c.class = callNumber.ReplaceAllString(fields[1], ""), fields[2]
		}
	}
	c.line = sourceLine(n.Metadata["stack_trace"])
	return c
}

// callNumber is what PyTorch puts behind the path of a module that is called again.
var callNumber = regexp.MustCompile(`@\d+`)

var frame = regexp.MustCompile(`File "([^"]*)", line (\d+), in [^\n]*(?:\n\s*([^\n]*))?`)

// sourceLine is the innermost line of a stack that isn't PyTorch's own.
func sourceLine(stack string) (line training.Line) {
	for _, f := range frame.FindAllStringSubmatch(stack, -1) {
		if ofTorch(f[1]) || strings.HasPrefix(f[3], "File ") {
			continue
		}
		number, err := strconv.Atoi(f[2])
		if err != nil {
			continue
		}
		line = training.Line{File: f[1], Number: number, Text: excerpt.Of(f[3], maxText)}
	}
	return line
}

// ofTorch reports whether a source file is PyTorch's own.
func ofTorch(path string) bool {
	path = strings.ReplaceAll(path, `\`, "/")
	return strings.Contains(path, "-packages/torch/") || strings.HasPrefix(path, "torch/")
}

// place says where an operation is, for people.
func (c *call) place() string {
	at := c.path
	if at == "" {
		at = "the model"
	}
	if c.line.Known() {
		at += fmt.Sprintf(" (%s:%d", c.line.File, c.line.Number)
		if c.line.Text != "" {
			at += ": " + c.line.Text
		}
		at += ")"
	}
	return at
}

// origin is what is kept of the operation for the nodes that it makes.
func (c *call) origin() training.Operation {
	line := c.line
	if strings.Contains(line.File, "ipykernel_") || strings.HasPrefix(line.File, "<ipython-input") { // files that nobody sees
		line.File = "the cell"
	}
	line.File = line.File[strings.LastIndexAny(line.File, `/\`)+1:]
	return training.Operation{Name: operationName(c.operation), Module: c.path, Class: c.class, Line: line}
}

// give finds an argument; nil where it isn't given or None.
func (c *call) give(name string) *argument {
	for i := range c.Inputs {
		if c.Inputs[i].Name == name && c.Inputs[i].Arg.None == nil {
			return &c.Inputs[i].Arg
		}
	}
	return nil
}

func (c *call) has(name string) bool { return c.give(name) != nil }

// tensor is an argument that must be a tensor, or a number, which counts as one without axes.
func (c *call) tensor(name string) (value, error) {
	a := c.give(name)
	switch {
	case a == nil:
		return value{}, fmt.Errorf("its argument %q is missing", name)
	case a.Tensor != nil:
		return c.b.value(a.Tensor.Name)
	}
	if x, ok := a.number(); ok {
		return knownValue(tensor{shape: []int{}, values: []float32{float32(x)}}), nil
	}
	switch {
	case a.SymInt != nil && a.SymInt.Name != "":
		return c.b.sizeValue(*a.SymInt)
	case a.SymFloat != nil && a.SymFloat.Name != "":
		return c.b.value(a.SymFloat.Name)
	}
	return value{}, fmt.Errorf("its argument %q is no tensor", name)
}

// node is a tensor that depends on the rows.
func (c *call) node(name string) (value, error) {
	v, err := c.tensor(name)
	if err == nil && !v.isNode() {
		v, err = c.b.asNode(c, v)
	}
	return v, err
}

// tensors are an argument that is a list of tensors.
func (c *call) tensors(name string) ([]value, error) {
	a := c.give(name)
	if a == nil {
		return nil, fmt.Errorf("its argument %q is missing", name)
	}
	var all []value
	for _, n := range a.Tensors {
		v, err := c.b.value(n.Name)
		if err != nil {
			return nil, err
		}
		all = append(all, v)
	}
	if len(a.Tensors) == 0 {
		return nil, fmt.Errorf("its argument %q is no list of tensors", name)
	}
	return all, nil
}

// number is a number, true counting as 1.
func (a *argument) number() (float64, bool) {
	switch {
	case a == nil:
	case a.Int != nil:
		return float64(*a.Int), true
	case a.Float != nil:
		return float64(*a.Float), true
	case a.Bool != nil && *a.Bool:
		return 1, true
	case a.Bool != nil:
		return 0, true
	case a.SymInt != nil && a.SymInt.Int != nil:
		return float64(*a.SymInt.Int), true
	case a.SymFloat != nil && a.SymFloat.Float != nil:
		return float64(*a.SymFloat.Float), true
	}
	return 0, false
}

// number is an argument's, or PyTorch's default.
func (c *call) number(name string, fallback float64) (float64, error) {
	a := c.give(name)
	if a == nil {
		return fallback, nil
	}
	x, ok := a.number()
	if !ok {
		return 0, fmt.Errorf("its argument %q is no number that is known", name)
	}
	return x, nil
}

func (c *call) int(name string, fallback int) (int, error) {
	x, err := c.number(name, float64(fallback))
	if err == nil && x != float64(int(x)) {
		return 0, fmt.Errorf("its argument %q is %g, must be whole", name, x)
	}
	return int(x), err
}

func (c *call) flag(name string, fallback bool) bool {
	if a := c.give(name); a != nil && a.Bool != nil {
		return *a.Bool
	}
	return fallback
}

func (c *call) text(name, fallback string) string {
	if a := c.give(name); a != nil && a.String != nil {
		return *a.String
	}
	return fallback
}

// ints are a list of numbers; nil where there is none.
func (c *call) ints(name string) ([]int, error) {
	sizes, err := c.sizes(name)
	if err != nil {
		return nil, err
	}
	var all []int
	for _, s := range sizes {
		if s.batch {
			return nil, fmt.Errorf("its argument %q names the size of the batch", name)
		}
		all = append(all, s.n)
	}
	return all, nil
}

// pair is a list of so many numbers, of which one may stand for all; fallback where it is empty.
func (c *call) spatial(name string, n, fallback int) ([]int, error) {
	given, err := c.ints(name)
	switch {
	case err != nil:
		return nil, err
	case len(given) == 0:
		return slices.Repeat([]int{fallback}, n), nil
	case len(given) == 1:
		return slices.Repeat(given, n), nil
	case len(given) != n:
		return nil, fmt.Errorf("its argument %q has %d numbers for %d axes", name, len(given), n)
	}
	return given, nil
}

// sizes are a list of numbers, some of which may be multiples of the batch.
func (c *call) sizes(name string) ([]size, error) {
	a := c.give(name)
	if a == nil {
		return nil, nil
	}
	sizes := []size{}
	for _, n := range a.Ints {
		sizes = append(sizes, size{n: int(n)})
	}
	for _, s := range a.SymInts {
		one, err := c.b.size(s)
		if err != nil {
			return nil, err
		}
		sizes = append(sizes, one)
	}
	if a.Int != nil {
		return []size{{n: int(*a.Int)}}, nil
	}
	if a.SymInt != nil {
		one, err := c.b.size(*a.SymInt)
		return []size{one}, err
	}
	return sizes, nil
}

// axis is an argument that names an axis of so many, counted from the front.
func (c *call) axis(name string, fallback, rank int) (int, error) {
	a, err := c.int(name, fallback)
	if err != nil {
		return 0, err
	}
	return axisOf(a, rank)
}

// nodeAndAxis are what many operations take: "self" as a node, and one of its axes, "dim".
func (c *call) nodeAndAxis(fallback int) (value, int, error) { return c.withAxis(c.node, fallback) }

// tensorAndAxis is [call.nodeAndAxis] where "self" may also be a tensor whose numbers are known.
func (c *call) tensorAndAxis(fallback int) (value, int, error) { return c.withAxis(c.tensor, fallback) }

func (c *call) withAxis(read func(string) (value, error), fallback int) (x value, axis int, err error) {
	if x, err = read("self"); err != nil {
		return x, 0, err
	}
	axis, err = c.axis("dim", fallback, x.rank())
	return x, axis, err
}

// size is a number or a multiple of the batch that the program computes with.
func (b *builder) size(s symInt) (size, error) {
	if s.Int != nil {
		return size{n: int(*s.Int)}, nil
	}
	if known, ok := b.sizes[s.Name]; ok {
		return known, nil
	}
	return size{}, fmt.Errorf("a size that it takes, %q, isn't understood", s.Name)
}

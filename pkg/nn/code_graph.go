package nn

import (
	"fmt"
	"strings"
	"unicode"

	"example.com/unstuck/internal/codec"
)

// goCode is the graph with a line for each of its inputs and nodes.
func (g Graph) goCode() string {
	var b strings.Builder
	b.WriteString("nn.Graph{\n")
	if g.Name != "" {
		fmt.Fprintf(&b, "\tName: %q,\n", g.Name)
	}
	b.WriteString("\tInputs: []nn.Input{\n")
	for _, in := range g.Inputs {
		fmt.Fprintf(&b, "\t\t%s,\n", strings.TrimPrefix(codec.GoCode(in), "nn.Input"))
	}
	b.WriteString("\t},\n\tNodes: []nn.Node{\n")
	for _, n := range g.Nodes {
		node := strings.TrimPrefix(codec.GoCode(n), "nn.Node")
		fmt.Fprintf(&b, "\t\t%s,\n", strings.ReplaceAll(node, "\n", "\n\t\t"))
	}
	fmt.Fprintf(&b, "\t},\n\tOutputs: %s,\n}", codec.GoCode(g.Outputs))
	return b.String()
}

// KerasModel is Python that makes the model in Keras under the name "model", given "import keras" and "from keras import
// layers". inputs are the shapes of one row of each of its inputs; with none a Sequential learns them from the data.
//
//	x = keras.Input((4,), name='x')
//	narrow = layers.Dense(8, activation='relu', name='narrow')(x)
//	model = keras.Model(x, narrow)
//
// What Keras doesn't have is an error, see [KerasCode]; so is a graph with a graph in it.
func KerasModel(model Layer, inputs ...[]int) (string, error) {
	return KerasModelInBatches(0, model, inputs...)
}

// KerasModelInBatches is [KerasModel] for a model whose stateful layers take batches of so many rows; 0: of any number.
func KerasModelInBatches(rows int, model Layer, inputs ...[]int) (string, error) {
	g, ok := model.(Graph)
	if !ok {
		code, err := KerasCode(model)
		return "model = " + code, err
	}
	if err := g.Check(); err != nil {
		return "", fmt.Errorf("nn: in Keras: %w", err)
	}
	code, err := g.keras(rows, inputs)
	if err != nil {
		return "", fmt.Errorf("nn: in Keras: %w", err)
	}
	return code, nil
}

func (g Graph) keras(rows int, inputs [][]int) (string, error) {
	names := pythonNames{of: map[string]string{}, taken: map[string]bool{"model": true, "keras": true, "layers": true, "np": true}, several: g.several()}
	var lines []string
	for i, in := range g.Inputs {
		shape := in.Shape
		if i < len(inputs) {
			shape = inputs[i]
		}
		tuple := pythonTuple(shape)
		if rows > 0 {
			tuple = "batch_shape=" + pythonTuple(append([]int{rows}, shape...))
		}
		lines = append(lines, fmt.Sprintf("%s = keras.Input(%s, name=%s)", names.name(in.Name), tuple, codec.PythonString(in.Name)))
	}
	order, err := g.order()
	if err != nil {
		return "", err
	}
	shared := map[string]string{} // the variable of a layer that is used again
	for _, n := range g.Nodes {
		if n.Shared != "" {
			shared[n.Shared] = ""
		}
	}
	for _, n := range order {
		from := make([]string, len(n.From))
		for i, reference := range n.From {
			from[i] = names.reference(reference)
		}
		argument := kerasArguments(g.layerOf(n), from)
		if o, ok := operationOf(n.Layer); ok {
			lines = append(lines, names.name(n.Name)+" = "+o.KerasCall(from))
			continue
		}
		if n.Unmasked {
			function, err := kerasFunction(n.Layer, from)
			if err != nil {
				return "", fmt.Errorf("node %q: %w", n.Name, err)
			}
			lines = append(lines, names.name(n.Name)+" = "+function)
			continue
		}
		if n.Reverse {
			argument += ", reverse=True"
		}
		layer := shared[n.Shared]
		if n.Shared == "" {
			if layer, err = kerasCode(Renamed{Name: n.Name, Layer: n.Layer}, kerasContext{}); err != nil {
				return "", fmt.Errorf("node %q: %w", n.Name, err)
			}
			if _, again := shared[n.Name]; again {
				variable := names.name(n.Name + " layer")
				shared[n.Name] = variable
				lines = append(lines, variable+" = "+layer)
				layer = variable
			}
		}
		lines = append(lines, fmt.Sprintf("%s = %s(%s)", names.name(n.Name), layer, argument))
	}
	var ins, outs []string
	for _, in := range g.Inputs {
		ins = append(ins, names.name(in.Name))
	}
	for _, reference := range g.Outputs {
		outs = append(outs, names.reference(reference))
	}
	lines = append(lines, fmt.Sprintf("model = keras.Model([%s], [%s])", strings.Join(ins, ", "), strings.Join(outs, ", ")))
	return strings.Join(lines, "\n"), nil
}

// kerasArguments are the inputs of a layer as its call in Keras takes them.
func kerasArguments(l Layer, from []string) string {
	if len(from) == 1 {
		return from[0]
	}
	switch l := Bare(l).(type) {
	case MultiHeadAttention, GroupQueryAttention:
		for i := 2; i < len(from); i++ { // in Keras there are masks between them
			from[i] = headInputs[i] + "=" + from[i]
		}
		return strings.Join(from, ", ")
	case SoftmaxOver:
		return from[0] + ", mask=" + from[1]
	default:
		if statesOf(l) > 0 {
			return from[0] + ", initial_state=[" + strings.Join(from[1:], ", ") + "]"
		}
	}
	return "[" + strings.Join(from, ", ") + "]"
}

// operationOf is what is wrapped, where that is an operation.
func operationOf(l Layer) (Operation, bool) {
	if l == nil {
		return nil, false
	}
	o, ok := Bare(l).(Operation)
	return o, ok
}

// kerasFunction is the call of a layer that is used as a function.
func kerasFunction(l Layer, inputs []string) (string, error) {
	switch l := Bare(l).(type) {
	case Activation:
		function, err := activations.Python(l)
		return "keras.activations.get(" + function + ")(" + inputs[0] + ")", err
	case SoftmaxOver:
		return fmt.Sprintf("keras.ops.softmax(%s, axis=%s)", inputs[0], pythonAxes(l.Axes)), nil
	case Concatenate:
		axis := l.Axis
		if axis == 0 {
			axis = -1
		}
		return fmt.Sprintf("keras.ops.concatenate([%s], axis=%d)", strings.Join(inputs, ", "), axis), nil
	}
	return "", fmt.Errorf("%s isn't a function in Keras: its output would have a mask", typeName(l))
}

// pythonNames gives each name of a graph a Python variable of its own.
type pythonNames struct {
	of    map[string]string
	taken map[string]bool

	several map[string]bool // nodes that give a list
}

// several are the nodes with several outputs.
func (g Graph) several() map[string]bool {
	names := map[string]bool{}
	enter := func(references []string) {
		for _, r := range references {
			if name, _, numbered := strings.Cut(r, ":"); numbered {
				names[name] = true
			}
		}
	}
	enter(g.Outputs)
	for _, n := range g.Nodes {
		enter(n.From)
		if SeveralOutputs(g.layerOf(n)) {
			names[n.Name] = true
		}
	}
	return names
}

func (p pythonNames) name(name string) string {
	if v, known := p.of[name]; known {
		return v
	}
	v := strings.Map(func(r rune) rune {
		if r == '_' || unicode.IsLetter(r) || unicode.IsDigit(r) {
			return r
		}
		return '_'
	}, name)
	if v == "" || unicode.IsDigit(rune(v[0])) {
		v = "_" + v
	}
	for p.taken[v] || pythonKeywords[v] {
		v += "_"
	}
	p.of[name], p.taken[v] = v, true
	return v
}

// PythonNames are names that Python allows for its variables, each with a prefix in front.
func PythonNames(names []string, prefix string) []string {
	p := pythonNames{of: map[string]string{}, taken: map[string]bool{}}
	variables := make([]string, len(names))
	for i, name := range names {
		variables[i] = p.name(prefix + name)
	}
	return variables
}

func (p pythonNames) reference(reference string) string {
	name, at, _ := output(reference) // checked
	if strings.Contains(reference, ":") || p.several[name] {
		return fmt.Sprintf("%s[%d]", p.name(name), at)
	}
	return p.name(name)
}

var pythonKeywords = map[string]bool{}

func init() {
	for _, word := range strings.Fields("False None True and as assert async await break class continue def del elif else except finally for from " +
		"global if import in is lambda nonlocal not or pass raise return try while with yield") {
		pythonKeywords[word] = true
	}
}

// pythonTuple is a shape; −1, any size, is None.
func pythonTuple(shape []int) string {
	var sizes []string
	for _, n := range shape {
		if n < 0 {
			sizes = append(sizes, "None")
		} else {
			sizes = append(sizes, fmt.Sprint(n))
		}
	}
	text := strings.Join(sizes, ", ")
	if len(sizes) == 1 {
		text += ","
	}
	return "(" + text + ")"
}

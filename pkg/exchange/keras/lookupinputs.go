package keras

import (
	"fmt"
	"slices"

	"example.com/unstuck/pkg/nn"
	"example.com/unstuck/pkg/text"
	"example.com/unstuck/pkg/training"
)

// Layers that take strings, or look whole numbers up, are no layers here: they stand ahead of the model, as encodings of its
// inputs. That is where they are supported.
const lookupElsewhere = "a layer that looks strings or numbers up is supported directly behind an input alone: what it makes must depend on the data and on nothing else"

// lookups are those of a functional model, in the order of the file.
type lookups struct {
	made []madeInput
}

// madeInput is a use of a lookup: the input that it becomes.
type madeInput struct {
	nn.Input
	training.Encoding
}

// lookup reads a layer. False where it couldn't, which is reported, and another must stand for it.
func (l *lookups) lookup(entry *object, b *built, nodes []nn.Node, inputs []nn.Input, shapes map[string][]int) bool {
	name := entry.layerName()
	class, _ := entry.fields["class_name"].(string)
	layer := entry.lookup()
	if layer == nil || len(nodes) == 0 {
		return false
	}
	var made []madeInput
	for _, n := range nodes {
		m := madeInput{nn.Input{Name: n.Name}, training.Encoding{Arrays: n.From, Layer: layer, Name: name}}
		for _, from := range n.From {
			i := slices.IndexFunc(inputs, func(in nn.Input) bool { return in.Name == from })
			if i < 0 {
				entry.add(fmt.Sprintf("%s (%s %s)", entry.path, class, show(name)), lookupElsewhere)
				return false
			}
			m.Rows, m.Types = append(m.Rows, inputs[i].Shape), append(m.Types, b.types[from])
		}
		shape, err := layer.RowShape(m.Rows...)
		if err != nil {
			entry.add(entry.path, "%v", err)
			return false
		}
		m.Shape = shape
		if kerasShape(layer, m.Rows) {
			shapes[n.Name] = shape
		}
		made = append(made, m)
	}
	l.made = append(l.made, made...)
	return true
}

// nested takes over the inputs of a model in the model that stand for lookups: they become inputs of the model around it. False
// where that can't be, which is reported.
func (l *lookups) nested(entry *object, b *built, layer *Layer, nodes []nn.Node, inputs []nn.Input) bool {
	refuse := func() bool {
		entry.add(fmt.Sprintf("%s (%s %s)", entry.path, layer.Class, show(layer.Name)), "it looks strings or numbers up: "+lookupElsewhere)
		return false
	}
	if len(nodes) != 1 || len(nodes[0].From) != len(layer.given) {
		return refuse()
	}
	var from []string
	var made []madeInput
	for i, e := range layer.encodings {
		arrays := make([]string, len(e.Arrays))
		for j, array := range e.Arrays {
			at := slices.Index(layer.given, array)
			if at < 0 {
				return refuse()
			}
			arrays[j] = nodes[0].From[at]
		}
		if e.Layer == nil {
			from = append(from, arrays[0])
			continue
		}
		m := madeInput{nn.Input{Name: fmt.Sprintf("%s_%d", layer.Name, i)}, training.Encoding{Arrays: arrays, Layer: e.Layer, Name: e.Name}}
		for _, array := range arrays {
			at := slices.IndexFunc(inputs, func(in nn.Input) bool { return in.Name == array })
			if at < 0 || isUnread(e.Layer) {
				return refuse()
			}
			m.Rows, m.Types = append(m.Rows, inputs[at].Shape), append(m.Types, b.types[array])
		}
		shape, err := e.Layer.RowShape(m.Rows...)
		if err != nil {
			entry.add(entry.path, "%v", err)
			return false
		}
		m.Shape = shape
		from, made = append(from, m.Input.Name), append(made, m)
	}
	nodes[0].From = from
	l.made = append(l.made, made...)
	return true
}

// firstOfStrings takes over the only input of a model in a Sequential that stands for a lookup, and returns its shape.
func (o *object) firstOfStrings(b *built, l *Layer, at int) []int {
	if at > 0 || len(l.encodings) != 1 || b.encodings != nil && !isUnread(b.encodings[0].Layer) || isUnread(l.encodings[0].Layer) {
		o.add(o.path, "it looks strings or numbers up: "+lookupElsewhere)
		return nil
	}
	e := l.encodings[0]
	e.Arrays, e.Rows, e.Types = []string{b.given[0]}, [][]int{b.inputs[0].Shape}, []string{b.types[b.given[0]]}
	shape, err := e.Layer.RowShape(e.Rows...)
	if err != nil {
		o.add(o.path, "%v", err)
		return nil
	}
	b.encodings, b.inputs[0].Shape = []training.Encoding{e}, shape
	delete(b.whole, b.given[0])
	return shape
}

// kerasShape reports whether Keras reckons with the shape that a lookup's result then has. Its files say what it reckons with.
func kerasShape(layer text.Layer, rows [][]int) bool {
	switch l := layer.(type) {
	case text.TextVectorization:
		return l.OutputMode == "int" || l.OutputMode == "" || len(rows[0]) == 0 || l.Split == "none"
	case text.Hashing:
		return l.OutputMode != "one_hot" || len(rows[0]) == 1 && rows[0][0] == 1
	}
	return true
}

// fold puts what the lookups make in the place of the inputs that they take, and returns what became of all inputs; nil where
// there are no lookups.
func (l *lookups) fold(g *nn.Graph, b *built) []training.Encoding {
	if len(l.made) == 0 && !slices.ContainsFunc(g.Inputs, func(in nn.Input) bool { return b.takesStrings(in.Name) }) {
		return nil
	}
	var inputs []nn.Input
	var encodings []training.Encoding
	for _, in := range g.Inputs {
		of := slices.DeleteFunc(slices.Clone(l.made), func(m madeInput) bool { return !slices.Contains(m.Arrays, in.Name) })
		itself := slices.Contains(g.Outputs, in.Name) || slices.ContainsFunc(g.Nodes, func(n nn.Node) bool { return slices.Contains(n.From, in.Name) })
		if itself || len(of) == 0 {
			inputs, encodings = append(inputs, in), append(encodings, b.asItIs(in))
		}
		for _, m := range of {
			if m.Arrays[0] != in.Name {
				continue // it comes with its first
			}
			if !itself && len(of) == 1 && len(m.Arrays) == 1 { // the input keeps its name
				rename(g, m.Input.Name, in.Name)
				m.Input.Name = in.Name
			}
			inputs, encodings = append(inputs, m.Input), append(encodings, m.Encoding)
		}
	}
	g.Inputs = inputs
	return encodings
}

// asItIs is an input that nothing is made of. Where it holds strings nothing can take it, see unlooked.
func (b *built) asItIs(in nn.Input) training.Encoding {
	e := training.Encoding{Arrays: []string{in.Name}, Rows: [][]int{in.Shape}, Types: []string{b.types[in.Name]}}
	if b.takesStrings(in.Name) {
		e.Layer, e.Name = text.Unread{Class: "the input"}, in.Name
	}
	return e
}

// rename changes the name by which an output of a layer is referred to.
func rename(g *nn.Graph, from, to string) {
	change := func(names []string) []string {
		names = slices.Clone(names)
		for i, name := range names {
			if name == from {
				names[i] = to
			}
		}
		return names
	}
	for i := range g.Nodes {
		g.Nodes[i].From = change(g.Nodes[i].From)
	}
	g.Outputs = change(g.Outputs)
}

// unlooked refuses layers that compute with an input of strings.
func (o *object) unlooked(b *built, g nn.Graph) {
	for i, in := range g.Inputs {
		if !b.takesStrings(in.Name) || !isUnread(b.encodings[i].Layer) {
			continue
		}
		for _, n := range g.Nodes {
			if _, unread := nn.Bare(n.Layer).(nn.Unread); slices.Contains(n.From, in.Name) && !unread {
				o.problem("layers", "%s takes the strings of the input %q, which no layer computes with: look them up first, with a StringLookup or a TextVectorization directly behind the input", show(n.Name), in.Name)
			}
		}
	}
}

func isUnread(layer text.Layer) bool {
	_, is := layer.(text.Unread)
	return is
}

// takesStrings reports whether an input takes strings.
func (b *built) takesStrings(input string) bool { return b.types[input] == "string" }

// firstLookup reads the first layer of a Sequential where that is a lookup, in place of which its numbers are the input.
// folded is false where it couldn't be read.
func (o *object) firstLookup(b *built) (folded, is bool) {
	class, _ := o.fields["class_name"].(string)
	strings := b.takesStrings(b.inputs[0].Name)
	if strings { // until a lookup is read
		b.encodings = []training.Encoding{b.asItIs(b.inputs[0])}
	}
	if !isLookup(class) {
		if modelReaders[class] != nil {
			return false, false // which may begin with a lookup
		}
		if strings {
			o.add(o.path, "takes the strings of the input, which no layer computes with: look them up first, with a StringLookup or a TextVectorization")
			return false, true
		}
		return false, false
	}
	layer := o.lookup()
	if layer == nil {
		return false, true
	}
	in := b.inputs[0]
	rows := in.Shape
	if rows == nil {
		rows = []int{1}
	}
	shape, err := layer.RowShape(rows)
	if err != nil {
		o.add(o.path, "%v", err)
		return false, true
	}
	b.encodings = []training.Encoding{{Arrays: []string{in.Name}, Rows: [][]int{rows}, Types: []string{b.types[in.Name]}, Layer: layer, Name: o.layerName()}}
	in.Shape = shape
	b.inputs = []nn.Input{in}
	delete(b.whole, in.Name) // what is made of it is whole
	return true, true
}

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
const lookupElsewhere = "a layer that looks strings or numbers up is supported directly behind an input of the model alone: what it makes must depend on the data and on nothing else"

// lookups are those of a functional model, in the order of the file.
type lookups struct {
	of   map[string]int // how many there are of each class
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
	of := l.of[class]
	l.of[class]++
	layer := entry.lookup(of)
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
		if strings {
			o.add(o.path, "takes the strings of the input, which no layer computes with: look them up first, with a StringLookup or a TextVectorization")
			return false, true
		}
		return false, false
	}
	layer := o.lookup(0)
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

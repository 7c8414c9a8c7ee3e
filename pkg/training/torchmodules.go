package training

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"example.com/unstuck/pkg/nn"
)

// modulePath is the expression of a module or a parameter, given that of the model: "net[1].weight".
func modulePath(model, path string) string {
	if path == "" {
		return model
	}
	for _, part := range strings.Split(path, ".") {
		if part[0] >= '0' && part[0] <= '9' {
			model += "[" + part + "]"
		} else {
			model += "." + part
		}
	}
	return model
}

// module is what becomes of one module of a program's model.
type module struct {
	path          string
	ahead, behind []string // modules around it
	instead       []string // in its place; nil: it stays
	out           bool     // it is left out
	was           string
	parts         []string // what becomes of the layers that it is made of, where they are several
}

// model are the lines that change modules and functions of the model.
func (e *torchEditor) model() {
	before, ok := nn.Bare(e.before.Model).(nn.Graph)
	after, same := nn.Bare(e.after.Model).(nn.Graph)
	if !ok || !same {
		return
	}
	m := modelEditor{torchEditor: e, graph: before, modules: map[string]*module{}, functions: map[Line]*function{}}
	for _, edit := range nn.TorchEdits(before, after, e.before.batchShapes()...) {
		m.edit(edit)
	}
	m.write()
}

type modelEditor struct {
	*torchEditor
	graph     nn.Graph
	modules   map[string]*module
	order     []string // of modules
	functions map[Line]*function
	lines     []Line // of functions
	words     []string
	thawed    []string
}

// function is a function of PyTorch's that a line calls, and what comes in its place.
type function struct {
	operation Operation
	nodes     []string // that it makes
	instead   string   // one module; empty: it is left out
	differs   bool     // not the same for all
}

// say notes what no line can be given for.
func (m *modelEditor) say(text string) {
	if !slices.Contains(m.words, text) {
		m.words = append(m.words, text)
	}
}

func (m *modelEditor) module(path string) *module {
	if m.modules[path] == nil {
		m.modules[path] = &module{path: path}
		m.order = append(m.order, path)
	}
	return m.modules[path]
}

// isModule reports whether a node is what one module of PyTorch's does, so that another can stand in its place.
func (m *modelEditor) isModule(node string) (Operation, bool) {
	o, known := m.source.Operations[node]
	kind := o.Class[strings.LastIndex(o.Class, ".")+1:]
	return o, known && o.OfModule() && kind != "MultiheadAttention" && !strings.HasPrefix(kind, "Transformer")
}

func (m *modelEditor) edit(edit nn.TorchEdit) {
	if edit.Node == "" {
		m.added(edit)
		return
	}
	o, isModule := m.isModule(edit.Node)
	m.penalize(edit.Weights)
	switch {
	case edit.Thawed && isModule:
		m.thawed = append(m.thawed, modulePath(m.name("model"), o.Module)+".requires_grad_(True)")
	case edit.Thawed:
		m.say(m.place(edit.Node) + ": train its parameters, requires_grad_(True)")
	}
	switch {
	case edit.Same:
	case edit.Err != nil:
		m.say(m.place(edit.Node) + ": it changes, and can't be written: " + edit.Err.Error())
	case isModule:
		at := m.module(o.Module)
		at.was, at.instead, at.out = strings.Join(edit.Old, ", "), edit.New, len(edit.New) == 0
		at.parts = append(at.parts, joined(edit.New)+" in place of "+joined(edit.Old))
	default:
		instead := ""
		if len(edit.New) > 0 {
			instead = joined(edit.New)
		}
		m.function(o, edit.Node, instead)
	}
}

// joined is one module of several.
func joined(modules []string) string {
	switch len(modules) {
	case 0:
		return "nn.Identity()"
	case 1:
		return modules[0]
	}
	return "nn.Sequential(" + strings.Join(modules, ", ") + ")"
}

func (m *modelEditor) function(o Operation, node, instead string) {
	at := o.Line
	if !at.Known() || o.OfModule() { // a module of several operations: the line calls the module
		m.say(m.place(node) + ": " + inPlace(o, instead))
		return
	}
	f := m.functions[at]
	if f == nil {
		f = &function{operation: o, instead: instead}
		m.functions[at], m.lines = f, append(m.lines, at)
	}
	f.nodes = append(f.nodes, node)
	f.differs = f.differs || f.instead != instead || f.operation.Name != o.Name
}

func inPlace(o Operation, instead string) string {
	if instead == "" {
		return "without " + o.Name
	}
	return instead + " in place of " + o.Name
}

// place says where a node is, in words.
func (m *modelEditor) place(node string) string {
	o, known := m.source.Operations[node]
	if !known {
		return m.name("model")
	}
	text := modulePath(m.name("model"), o.Module)
	if o.Known() {
		text += ", " + o.Line.String()
	}
	return text
}

// added puts modules behind one module, or ahead of one: where neither is possible, words say where.
func (m *modelEditor) added(edit nn.TorchEdit) {
	from, _, _ := strings.Cut(edit.Behind, ":")
	if edit.Err != nil {
		m.say(m.place(from) + ": behind it comes what can't be written: " + edit.Err.Error())
		return
	}
	o, isModule := m.isModule(from)
	within := slices.ContainsFunc(edit.Ahead, func(node string) bool { // what a module does first, such as turning axes
		to, is := m.isModule(node)
		return is && to.Module == o.Module
	})
	if isModule && !within && edit.Alone && !isRecurrent(m.graph, from) && !m.closed(o.Module) {
		at := m.module(o.Module)
		at.behind = append(at.behind, edit.New...)
		return
	}
	var path string
	all := len(edit.Ahead) > 0
	for i, node := range edit.Ahead {
		to, is := m.isModule(node)
		all = all && is && (i == 0 || to.Module == path) && !m.closed(to.Module)
		path = to.Module
	}
	if all {
		at := m.module(path)
		at.ahead = append(slices.Clone(edit.New), at.ahead...)
		return
	}
	m.say(m.place(from) + ": put " + joined(edit.New) + " behind " + o.Name)
}

// closed reports whether a module lies in one of PyTorch's own that looks at its parts by name, as a TransformerEncoderLayer takes
// linear1.weight: nothing may be put around it.
func (m *modelEditor) closed(path string) bool {
	for _, o := range m.source.Operations {
		if o.OfModule() && strings.Contains(o.Class, ".Transformer") && strings.HasPrefix(path, o.Module+".") {
			return true
		}
	}
	return false
}

func isRecurrent(g nn.Graph, node string) bool {
	for _, n := range g.Nodes {
		if n.Name == node && n.Layer != nil {
			_, is := nn.Bare(n.Layer).(nn.Recurrent)
			return is
		}
	}
	return false
}

// penalize adds penalties on parameters.
func (m *modelEditor) penalize(weights []nn.TorchWeight) {
	for _, w := range weights {
		for _, name := range m.source.Parameters[w.Path] {
			w.Expression = modulePath(m.name("model"), name)
			if terms, err := (nn.TorchModel{Weights: []nn.TorchWeight{w}}).Penalties(); err == nil {
				m.penalties = append(m.penalties, terms...)
			}
		}
	}
}

func (m *modelEditor) write() {
	var lines []string
	attributes := m.attributes()
	for _, path := range m.order {
		lines = append(lines, m.assignment(m.modules[path]))
	}
	lines = append(lines, attributes...)
	m.add(m.behindModel(), lines...)
	// Behind all lines that freeze, which stand somewhere behind the one that makes the model.
	m.add(m.at("before", "optimizer", "after all lines that freeze parameters of the model, which is called "+m.name("model")+" here; before the optimizer"), m.thawed...)
	for _, line := range m.lines {
		m.rewritten(m.functions[line])
	}
	for _, text := range m.words {
		m.edits = append(m.edits, torchEdit{where: text})
	}
}

// assignment is the line that changes a module.
func (m *modelEditor) assignment(at *module) string {
	expression := modulePath(m.name("model"), at.path)
	made := ""
	if v := m.source.Modules[at.path]; v.Known() {
		made = fmt.Sprintf(", made in %s line %d", v.File, v.Number)
	} else if v := m.source.Variables["model"]; at.path == "" && v.Known() {
		made = fmt.Sprintf(", made in %s line %d", v.File, v.Number)
	}
	was := at.was
	if len(at.parts) > 1 {
		return "# " + expression + made + ", of which this is a layer each: " + strings.Join(slices.Compact(at.parts), ", ")
	}
	self := []string{expression}
	switch {
	case at.out:
		self = []string{"nn.Identity()"}
	case at.instead != nil:
		self = at.instead
	}
	line := expression + " = " + joined(slices.Concat(at.ahead, self, at.behind))
	if was != "" {
		return line + "  # instead of " + was + made
	}
	return line + strings.Replace(made, ", ", "  # ", 1)
}

// rewritten is a line that calls a function, with another or none in its place.
func (m *modelEditor) rewritten(f *function) {
	o := f.operation
	calls, closed := pythonCalls(o.Text, o.Name)
	if !closed || f.differs || len(calls) == 0 || !m.whole(f, func(other Operation) bool { return other.Line == o.Line && other.Name == o.Name }) ||
		slices.ContainsFunc(calls, func(c pythonCall) bool { return c.value() == "" }) {
		m.say(o.Line.String() + ": " + inPlace(o, f.instead))
		return
	}
	m.add("in place of "+o.Line.String(), replacedCalls(o.Text, o.Name, func(c pythonCall) string {
		if f.instead == "" {
			return c.value()
		}
		return asFunction(f.instead, c.value(), c)
	}))
}

// whole reports whether all nodes of such an operation change.
func (m *modelEditor) whole(f *function, of func(Operation) bool) bool {
	kind := ""
	for _, n := range m.graph.Nodes {
		if n.Name == f.nodes[0] {
			kind = fmt.Sprintf("%T", nn.Bare(n.Layer))
		}
	}
	return !slices.ContainsFunc(m.graph.Nodes, func(n nn.Node) bool {
		o, known := m.source.Operations[n.Name]
		return known && of(o) && n.Layer != nil && fmt.Sprintf("%T", nn.Bare(n.Layer)) == kind && !slices.Contains(f.nodes, n.Name)
	})
}

var selfCall = regexp.MustCompile(`\bself\.(\w+)\(`)

// attributes are the lines for functions that are called through an attribute, self.activation(x): it gets another function.
func (m *modelEditor) attributes() []string {
	byName := map[string]*function{}
	var order []string
	var kept []Line
	for _, line := range m.lines {
		f := m.functions[line]
		name := m.attribute(f.operation)
		if name == "" || f.differs {
			kept = append(kept, line)
			continue
		}
		path := strings.Trim(f.operation.Module+"."+name, ".")
		if byName[path] == nil {
			byName[path] = &function{operation: f.operation, instead: f.instead}
			order = append(order, path)
		}
		all := byName[path]
		all.nodes = append(all.nodes, f.nodes...)
		all.differs = all.differs || all.instead != f.instead
	}
	m.lines = kept
	var lines []string
	for _, path := range order {
		f := byName[path]
		name := path[strings.LastIndex(path, ".")+1:]
		whole := m.whole(f, func(o Operation) bool {
			return o.Module == f.operation.Module && o.Name == f.operation.Name && m.attribute(o) == name
		})
		if f.differs || !whole {
			m.say(f.operation.Line.String() + ": " + inPlace(f.operation, f.instead))
			continue
		}
		instead := f.instead
		if instead == "" {
			instead = "nn.Identity()"
		}
		lines = append(lines, fmt.Sprintf("%s = %s  # instead of %s, which %s line %d calls by it", modulePath(m.name("model"), path), instead, f.operation.Name, f.operation.File, f.operation.Number))
	}
	return lines
}

// attribute is the attribute of self, no module of PyTorch's, through which a line calls its function; empty: it names the
// function, or that can't be told.
func (m *modelEditor) attribute(o Operation) string {
	if calls, _ := pythonCalls(o.Text, o.Name); len(calls) > 0 || o.OfModule() {
		return ""
	}
	found := ""
	for _, c := range selfCall.FindAllStringSubmatch(o.Text, -1) {
		if m.isChild(o.Module, c[1]) || c[1] == found {
			continue
		}
		if found != "" {
			return ""
		}
		found = c[1]
	}
	return found
}

// isChild reports whether a module of that name lies in another.
func (m *modelEditor) isChild(of, name string) bool {
	path := strings.Trim(of+"."+name, ".")
	for _, o := range m.source.Operations {
		if o.Module == path || strings.HasPrefix(o.Module, path+".") {
			return true
		}
	}
	_, made := m.source.Modules[path]
	return made
}

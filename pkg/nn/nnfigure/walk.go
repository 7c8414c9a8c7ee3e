package nnfigure

import (
	"fmt"
	"reflect"
	"strconv"
	"strings"

	"example.com/unstuck/pkg/figure"
	"example.com/unstuck/pkg/nn"
)

// batch stands for any number of rows: it shows nowhere.
const batch = 1

// walk goes through a model as [nn.Measure] does and notes where each value comes from.
type walk struct {
	d                figure.Diagram
	trainable, other int
	groups           int
	anyFrozen        bool
}

// value is what goes along an arrow.
type value struct {
	box   int
	shape []int
}

// use is how a layer is used at its place.
type use struct {
	name   string
	frame  int
	frozen bool
	group  int
	shares string // the node whose layer is used again
	again  bool   // it has no weights of its own here
}

func (w *walk) box(b figure.Box) int {
	w.d.Boxes = append(w.d.Boxes, b)
	return len(w.d.Boxes) - 1
}

// model is the outermost layer, which gets no frame.
func (w *walk) model(l nn.Layer, inputs []value) ([]value, error) {
	frozen := nn.IsFrozen(l)
	if _, ok := nn.Bare(l).(nn.Container); ok {
		return w.inside(nn.Bare(l), use{frozen: frozen}, inputs)
	}
	return w.layer(l, use{name: strings.ToLower(typeName(l)), frozen: frozen}, inputs)
}

func (w *walk) layer(l nn.Layer, u use, inputs []value) ([]value, error) {
	u.frozen = u.frozen || nn.IsFrozen(l)
	w.anyFrozen = w.anyFrozen || u.frozen
	bare := nn.Bare(l)
	if _, ok := bare.(nn.Container); ok {
		f := figure.Frame{Name: u.name, Notes: []string{typeName(bare)}, Group: u.group, Muted: u.frozen, Frame: u.frame}
		if u.shares != "" {
			f.Notes = append(f.Notes, "shared with "+u.shares)
		}
		w.d.Frames = append(w.d.Frames, f)
		u.frame, u.group, u.shares = len(w.d.Frames), 0, ""
		return w.inside(bare, u, inputs)
	}
	var shapes [][]int
	for _, v := range inputs {
		shapes = append(shapes, v.shape)
	}
	var weights []nn.Weight
	outputs, err := nn.Measure(bare, shapes, func(m nn.Measured) error {
		weights = m.Weights
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("layer %q: %w", u.name, err)
	}
	b := figure.Box{Name: u.name, Group: u.group, Muted: u.frozen, Frame: u.frame, Notes: []string{typeName(bare)}}
	var texts []string
	for _, s := range outputs {
		texts = append(texts, shapeText(s))
	}
	b.Notes[0] += " · " + strings.Join(texts, ", ")
	switch {
	case u.shares != "":
		b.Notes = append(b.Notes, "shared with "+u.shares)
	case u.again:
	default:
		if n := w.count(weights, u.frozen); n != "" {
			b.Notes = append(b.Notes, n)
		}
	}
	at := w.box(b)
	for _, v := range inputs {
		w.d.Arrows = append(w.d.Arrows, figure.Arrow{From: v.box, To: at})
	}
	values := make([]value, len(outputs))
	for i, s := range outputs {
		values[i] = value{at, s}
	}
	return values, nil
}

func (w *walk) inside(l nn.Layer, u use, inputs []value) ([]value, error) {
	if g, ok := l.(nn.Graph); ok {
		return w.graph(g, u, inputs)
	}
	parts, err := l.(nn.Container).Parts()
	if err != nil {
		return nil, err
	}
	for _, p := range parts {
		u.name = p.Name
		if inputs, err = w.layer(p.Layer, u, inputs); err != nil {
			return nil, err
		}
	}
	return inputs, nil
}

// graph follows a graph that [nn.Measure] has found to be sound.
func (w *walk) graph(g nn.Graph, u use, inputs []value) ([]value, error) {
	made := map[string][]value{}
	for i, in := range g.Inputs {
		made[in.Name] = inputs[i : i+1]
	}
	nodes, groups := map[string]nn.Node{}, map[string]int{}
	for _, n := range g.Nodes {
		nodes[n.Name] = n
		if n.Shared != "" && groups[n.Shared] == 0 {
			w.groups++
			groups[n.Shared] = w.groups
		}
	}
	var take func(reference string) (value, error)
	take = func(reference string) (value, error) {
		name, number, _ := strings.Cut(reference, ":")
		at, _ := strconv.Atoi(number)
		if made[name] == nil {
			n := nodes[name]
			var from []value
			for _, r := range n.From {
				v, err := take(r)
				if err != nil {
					return value{}, err
				}
				from = append(from, v)
			}
			to, layer := u, n.Layer
			to.name, to.group = n.Name, groups[n.Name]
			if n.Shared != "" {
				layer = nodes[n.Shared].Layer
				to.group, to.shares, to.again = groups[n.Shared], n.Shared, true
			}
			out, err := w.layer(layer, to, from)
			if err != nil {
				return value{}, err
			}
			made[name] = out
		}
		if at >= len(made[name]) {
			return value{}, fmt.Errorf("%s is taken, but %s has %d outputs", reference, name, len(made[name]))
		}
		return made[name][at], nil
	}
	var outputs []value
	for _, r := range g.Outputs {
		v, err := take(r)
		if err != nil {
			return nil, err
		}
		outputs = append(outputs, v)
	}
	return outputs, nil
}

// count says how many parameters there are, and which of them aren't trained.
func (w *walk) count(weights []nn.Weight, frozen bool) string {
	trained, other := 0, 0
	for _, weight := range weights {
		if frozen || !weight.Trained() {
			other += weight.Size()
		} else {
			trained += weight.Size()
		}
	}
	w.trainable += trained
	w.other += other
	switch {
	case trained+other == 0:
		return ""
	case frozen:
		return thousands(other) + " parameters, frozen"
	case other > 0:
		return fmt.Sprintf("%s parameters, %s not trained", thousands(trained+other), thousands(other))
	}
	return thousands(trained) + " parameters"
}

func (w *walk) subtitle() string {
	s := thousands(w.trainable+w.other) + " parameters"
	if w.other > 0 {
		s += ", " + thousands(w.other) + " of them not trained"
	}
	if w.groups > 0 {
		s += ". Same colour: the same layer, with the same weights"
	}
	if w.anyFrozen {
		s += ". Dashed: frozen"
	}
	return s + "."
}

func shapeText(shape []int) string {
	open := append([]int{-1}, shape[1:]...)
	return nn.SummaryRow{Output: open}.OutputShape()
}

func thousands(n int) string {
	s := strconv.Itoa(n)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

func typeName(l nn.Layer) string {
	t := reflect.TypeOf(nn.Bare(l))
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	return t.Name()
}

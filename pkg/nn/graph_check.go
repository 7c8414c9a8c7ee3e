package nn

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/gomlx/gomlx/ml/model"
)

// Check reports why the graph can't be applied, whatever the shapes of its inputs: no input, node or output; a name
// that is empty, used twice or holds "/" or ":"; a node without a layer, or with one and Shared; a reference to what isn't
// there; nodes that take each other's outputs in a circle; a node that no output needs.
func (g Graph) Check() error {
	_, err := g.order()
	return err
}

// output splits the reference to an output: "node" or "node:1".
func output(reference string) (name string, at int, err error) {
	name, number, numbered := strings.Cut(reference, ":")
	if !numbered {
		return name, 0, nil
	}
	at, err = strconv.Atoi(number)
	if err != nil || at < 0 {
		return "", 0, fmt.Errorf("%q is no output: write node:0, node:1, …", reference)
	}
	return name, at, nil
}

// order checks the graph and returns its nodes in an order in which each stands behind what it takes; otherwise
// as listed.
func (g Graph) order() ([]Node, error) {
	names, err := g.checkNames()
	if err != nil {
		return nil, err
	}
	for _, n := range g.Nodes {
		if err := g.checkNode(n, names); err != nil {
			return nil, err
		}
	}
	for _, reference := range g.Outputs {
		if err := names.has(reference, "an output"); err != nil {
			return nil, err
		}
	}
	order, err := g.sorted()
	if err != nil {
		return nil, err
	}
	return order, g.checkUsed(order)
}

type graphNames map[string]string // what a name belongs to

func (names graphNames) has(reference, by string) error {
	name, at, err := output(reference)
	if err != nil {
		return fmt.Errorf("graph: %s: %w", by, err)
	}
	switch names[name] {
	case "":
		return fmt.Errorf("graph: %s is %q, which is neither an input nor a node", by, reference)
	case "input":
		if at > 0 {
			return fmt.Errorf("graph: %s is %q, but an input has one value", by, reference)
		}
	}
	return nil
}

func (g Graph) checkNames() (graphNames, error) {
	switch {
	case len(g.Inputs) == 0:
		return nil, errors.New("graph: it has no input")
	case len(g.Nodes) == 0:
		return nil, errors.New("graph: it has no node")
	case len(g.Outputs) == 0:
		return nil, errors.New("graph: it has no output")
	}
	names := graphNames{}
	enter := func(name, as string, i int) error {
		switch {
		case name == "":
			return fmt.Errorf("graph: %s %d has no name", as, i)
		case strings.ContainsAny(name, model.ScopeSeparator+":"):
			return fmt.Errorf("graph: the name %q of a%s must hold neither %q nor %q", name, map[string]string{"input": "n input", "node": " node"}[as], model.ScopeSeparator, ":")
		case names[name] != "":
			return fmt.Errorf("graph: two things are called %q: give one another name", name)
		}
		names[name] = as
		return nil
	}
	for i, in := range g.Inputs {
		if err := enter(in.Name, "input", i); err != nil {
			return nil, err
		}
	}
	for i, n := range g.Nodes {
		if err := enter(n.Name, "node", i); err != nil {
			return nil, err
		}
	}
	return names, nil
}

func (g Graph) checkNode(n Node, names graphNames) error {
	switch {
	case len(n.From) == 0:
		return fmt.Errorf("graph: node %q takes nothing: give it an input", n.Name)
	case n.Layer == nil && n.Shared == "":
		return fmt.Errorf("graph: node %q has no layer", n.Name)
	case n.Layer != nil && n.Shared != "":
		return fmt.Errorf("graph: node %q has a layer and shares that of %q: it can't do both", n.Name, n.Shared)
	}
	if n.Shared != "" {
		owner := g.node(n.Shared)
		switch {
		case owner == nil:
			return fmt.Errorf("graph: node %q shares the layer of %q, which is no node", n.Name, n.Shared)
		case owner.Layer == nil:
			return fmt.Errorf("graph: node %q shares the layer of %q, which has none of its own: name the node that has", n.Name, n.Shared)
		}
	}
	if n.Reverse {
		if _, ok := WithCallSetting(g.layerOf(Node{Layer: n.Layer, Shared: n.Shared}), "reverse", true); !ok {
			return fmt.Errorf("graph: node %q calls its layer in reverse, which only a ReversibleEmbedding can be", n.Name)
		}
	}
	for _, from := range n.From {
		if err := names.has(from, fmt.Sprintf("what node %q takes", n.Name)); err != nil {
			return err
		}
	}
	return nil
}

// sorted is Kahn's algorithm, which keeps the listed order where it can.
func (g Graph) sorted() ([]Node, error) {
	done := map[string]bool{}
	for _, in := range g.Inputs {
		done[in.Name] = true
	}
	left := slices.Clone(g.Nodes)
	order := make([]Node, 0, len(left))
	for len(left) > 0 {
		var waiting []Node
		for _, n := range left {
			ready := true
			for _, from := range n.From {
				name, _, _ := output(from)
				ready = ready && done[name]
			}
			if !ready {
				waiting = append(waiting, n)
				continue
			}
			done[n.Name] = true
			order = append(order, n)
		}
		if len(waiting) == len(left) {
			return nil, fmt.Errorf("graph: %s wait for each other's outputs", strings.Join(circle(left), ", "))
		}
		left = waiting
	}
	return order, nil
}

// circle names the nodes of one circle among nodes that all wait.
func circle(left []Node) []string {
	waits := map[string]string{}
	waiting := map[string]bool{}
	for _, n := range left {
		waiting[n.Name] = true
	}
	for _, n := range left {
		for _, from := range n.From {
			if name, _, _ := output(from); waiting[name] {
				waits[n.Name] = name
			}
		}
	}
	// Each has a successor among them, so walking on must come back to where it was before.
	at := left[0].Name
	for range left {
		at = waits[at]
	}
	names := []string{at}
	for next := waits[at]; next != at; next = waits[next] {
		names = append(names, next)
	}
	slices.Sort(names)
	return names
}

// checkUsed refuses nodes that no output needs: their weights would never be trained, and nobody meant that.
func (g Graph) checkUsed(order []Node) error {
	used := map[string]bool{}
	for _, reference := range g.Outputs {
		name, _, _ := output(reference)
		used[name] = true
	}
	for i := len(order) - 1; i >= 0; i-- {
		n := order[i]
		if !used[n.Name] {
			return fmt.Errorf("graph: no output needs node %q", n.Name)
		}
		for _, from := range n.From {
			name, _, _ := output(from)
			used[name] = true
		}
	}
	return nil
}

package loop

import (
	"errors"
	"fmt"
	"slices"

	"example.com/unstuck/pkg/dataset"
	"example.com/unstuck/pkg/exchange/torch"
	"example.com/unstuck/pkg/nn"
)

// Drawn says what one operation of a forward pass drew.
type Drawn struct {
	Of        string `json:"of"`        // the operation, by the exported program's name of what it gives
	Operation string `json:"operation"` // what drew for it: "bernoulli", "randn_like", …
	Shape     []int  `json:"shape"`
	Array     string `json:"array"` // of the step
	Bits      bool   `json:"bits"`  // the array has eight values of a mask in each number, the first in its highest bit
}

// drawnReplay is how the draws of a model's layers are given to it as further inputs.
type drawnReplay struct {
	layer nn.Layer // the model, with a further input for each
	takes []taking
}

// taking is an input that stands for a draw.
type taking struct {
	of      torch.Draw
	between func(drawn float32) float32 // from what was drawn to what the input is given
}

// withDraws gives what layers of a graph draw from outside; an error where one draws otherwise than PyTorch's draws are known for.
func withDraws(g nn.Graph, draws []torch.Draw) (*drawnReplay, error) {
	r := &drawnReplay{}
	of := map[string]torch.Draw{}
	for _, d := range draws {
		of[d.Node] = d
	}
	inputs, nodes := slices.Clone(g.Inputs), []nn.Node{}
	take := func(d torch.Draw, suffix string, between func(float32) float32) string {
		name := d.Node + suffix
		inputs, r.takes = append(inputs, nn.Input{Name: name}), append(r.takes, taking{d, between})
		return name
	}
	for _, n := range g.Nodes {
		d, is := of[n.Name]
		if !is {
			nodes = append(nodes, n)
			continue
		}
		drawing, is := n.Layer.(nn.Drawing)
		if !is {
			return nil, fmt.Errorf("%s is a layer whose draws aren't given from outside", n.Name)
		}
		by := drawing.OfDraws()
		if by.Factor != nil {
			n.Layer, n.From = nn.Multiply{}, append(slices.Clone(n.From), take(d, ".factor", by.Factor.At))
		}
		if by.Factor != nil && by.Summand != nil {
			scaled := n
			scaled.Name += ".scaled"
			nodes, n.From = append(nodes, scaled), []string{scaled.Name}
		}
		if by.Summand != nil {
			n.Layer, n.From = nn.Add{}, append(slices.Clone(n.From), take(d, ".summand", by.Summand.At))
		}
		nodes = append(nodes, n)
	}
	r.layer = nn.Graph{Name: g.Name, Inputs: inputs, Nodes: nodes, Outputs: g.Outputs}
	return r, nil
}

// given are a step's inputs of the draws; the error says why they can't be.
func (r *drawnReplay) given(s *Step) ([]dataset.Array, error) {
	if s.DrawsUnkept != "" {
		return nil, errors.New(s.DrawsUnkept)
	}
	if len(s.Drawn) == 0 {
		return nil, errors.New("they weren't recorded")
	}
	recorded := map[string][]Drawn{}
	for _, d := range s.Drawn {
		recorded[d.Of] = append(recorded[d.Of], d)
	}
	var all []dataset.Array
	for _, take := range r.takes {
		of := recorded[take.of.Of]
		if take.of.At >= len(of) {
			return nil, fmt.Errorf("of %s there is no draw number %d", take.of.Of, take.of.At+1)
		}
		a, err := s.unpacked(of[take.of.At])
		if err != nil {
			return nil, err
		}
		if a, err = take.of.Laid(a); err != nil {
			return nil, err
		}
		for i, v := range a.Values {
			a.Values[i] = take.between(v)
		}
		all = append(all, a)
	}
	return all, nil
}

// unpacked is a draw with its shape.
func (s *Step) unpacked(d Drawn) (dataset.Array, error) {
	a, ok := s.values[d.Array]
	n := 1
	for _, size := range d.Shape {
		if size < 0 || size > 0 && n > maxDrawn/size {
			return a, fmt.Errorf("what %s drew has the shape %v", d.Of, d.Shape)
		}
		n *= size
	}
	switch {
	case !ok:
		return a, fmt.Errorf("what %s drew isn't in the recording", d.Of)
	case d.Bits && len(a.Values) != (n+7)/8, !d.Bits && len(a.Values) != n:
		return a, fmt.Errorf("what %s drew has %d numbers, its shape %v others", d.Of, len(a.Values), d.Shape)
	case !d.Bits:
		return dataset.Array{Shape: d.Shape, Values: slices.Clone(a.Values)}, nil
	}
	values := make([]float32, n)
	for i := range values {
		values[i] = float32(uint8(a.Values[i/8]) >> (7 - i%8) & 1)
	}
	return dataset.Array{Shape: d.Shape, Values: values}, nil
}

// draws are what a step gives to the program's inputs for them; the error says why it can't be replayed.
func (p *program) draws(s *Step) ([]dataset.Array, error) {
	switch {
	case p.drawn == nil && !s.Draws:
		return nil, nil
	case p.undrawn != "":
		return nil, errors.New(p.undrawn)
	case p.drawn == nil && s.DrawsUnkept != "":
		return nil, errors.New(s.DrawsUnkept)
	case p.drawn == nil:
		return nil, errors.New("they weren't recorded")
	}
	return p.drawn.given(s)
}

package main

import (
	"fmt"

	"example.com/unstuck/pkg/nn"
)

// leNet is LeCun's network as it is written today.
var leNet = nn.Sequential{
	nn.Conv2D{Filters: 6, KernelSize: []int{5}, Padding: "same", Activation: nn.ReLU{}}, nn.MaxPooling2D{},
	nn.Conv2D{Filters: 16, KernelSize: []int{5}, Activation: nn.ReLU{}}, nn.MaxPooling2D{},
	nn.Flatten{}, nn.Dense{Units: 120, Activation: nn.ReLU{}}, nn.Dense{Units: 84, Activation: nn.ReLU{}}, nn.Dense{Units: 10},
}

// residual writes a network with branches, node by node; at is the name of what comes next in.
type residual struct {
	graph nn.Graph
	at    string
}

func begin() *residual { return &residual{graph: nn.Graph{Inputs: []nn.Input{{Name: "x"}}}, at: "x"} }

// then puts layers one behind the other.
func (r *residual) then(layers ...nn.Layer) *residual {
	for _, l := range layers {
		r.add(l, r.at)
	}
	return r
}

func (r *residual) add(l nn.Layer, from ...string) {
	r.at = fmt.Sprint("n", len(r.graph.Nodes))
	r.graph.Nodes = append(r.graph.Nodes, nn.Node{Name: r.at, Layer: l, From: from})
}

// plus adds what the layers give to what goes around them, through the layers of around.
func (r *residual) plus(around []nn.Layer, layers ...nn.Layer) *residual {
	start := r.at
	inner := r.then(layers...).at
	r.at = start
	outer := r.then(around...).at
	r.add(nn.Add{}, inner, outer)
	return r
}

func (r *residual) end(layers ...nn.Layer) nn.Graph {
	r.then(layers...)
	r.graph.Outputs = []string{r.at}
	return r.graph
}

// resNet has a block of two convolutions for each of 16, 32 and 64 channels.
func resNet() nn.Graph {
	convolution := func(filters, size, stride int) nn.Layer {
		return nn.Conv2D{Filters: filters, KernelSize: []int{size}, Strides: []int{stride}, Padding: "same", NoBias: true}
	}
	relu := nn.ReLU{}
	r := begin().then(convolution(16, 3, 1), nn.BatchNormalization{}, relu)
	for i, filters := range []int{16, 32, 64} {
		var around []nn.Layer
		stride := 1
		if i > 0 {
			stride = 2
			around = []nn.Layer{convolution(filters, 1, 2), nn.BatchNormalization{}}
		}
		r.plus(around, convolution(filters, 3, stride), nn.BatchNormalization{}, relu, convolution(filters, 3, 1), nn.BatchNormalization{}).then(relu)
	}
	return r.end(nn.GlobalAveragePooling2D{}, nn.Dense{Units: 10})
}

// transformer has two encoder blocks of 64 features and four heads, normalized behind each sum.
func transformer() nn.Graph {
	r := begin()
	for range 2 {
		start := r.at
		r.add(nn.MultiHeadAttention{NumHeads: 4, KeyDim: 16}, start, start)
		r.add(nn.Add{}, r.at, start)
		r.then(nn.LayerNormalization{}).plus(nil, nn.Dense{Units: 256, Activation: nn.ReLU{}}, nn.Dense{Units: 64}).then(nn.LayerNormalization{})
	}
	return r.end(nn.GlobalAveragePooling1D{}, nn.Dense{Units: 10})
}

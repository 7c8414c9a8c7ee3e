package cases

import (
	"math/rand/v2"

	"example.com/unstuck/pkg/dataset"
	"example.com/unstuck/pkg/loss"
	"example.com/unstuck/pkg/nn"
	"example.com/unstuck/pkg/optim"
	"example.com/unstuck/pkg/training"
)

// Family draws data of a kind, with a net that learns them.
type Family struct {
	Name string
	draw func(*rand.Rand) training.Training
}

// rowsOf draws data row by row.
func rowsOf(rows int, xShape []int, outputs int, draw func(x, y []float32)) dataset.Data {
	width := 1
	for _, n := range xShape {
		width *= n
	}
	d := dataset.Data{
		X: dataset.Array{Shape: append([]int{rows}, xShape...), Values: make([]float32, rows*width)},
		Y: dataset.Array{Shape: []int{rows, outputs}, Values: make([]float32, rows*outputs)},
	}
	for i := range rows {
		draw(d.X.Row(i), d.Y.Row(i))
	}
	return d
}

func hidden(units ...int) nn.Sequential {
	var net nn.Sequential
	for _, n := range units {
		net = append(net, nn.Dense{Units: n, Activation: nn.ReLU{}})
	}
	return net
}

// onto puts layers behind others, into a slice of its own.
func onto(net nn.Sequential, more ...nn.Layer) nn.Sequential {
	return append(append(nn.Sequential(nil), net...), more...)
}

func regression(d dataset.Data, net nn.Sequential) training.Training {
	return training.Training{
		Data: d, Model: onto(net, nn.Dense{Units: d.Y.RowSize()}), Loss: loss.MSE{}, Optimizer: optim.Adam(0.005), Epochs: 40, BatchSize: 32,
	}
}

func binary(d dataset.Data, net nn.Sequential) training.Training {
	t := regression(d, nil)
	t.Model, t.Loss = onto(net, nn.Dense{Units: 1, Activation: nn.Sigmoid{}}), loss.BinaryCrossentropy{}
	return t
}

func classes(d dataset.Data, n int, net nn.Sequential) training.Training {
	t := regression(d, nil)
	t.Model, t.Loss = onto(net, nn.Dense{Units: n, Activation: nn.Softmax{}}), loss.SparseCategoricalCrossentropy{}
	return t
}

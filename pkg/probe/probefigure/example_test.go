package probefigure_test

import (
	"context"
	"fmt"

	"github.com/gomlx/compute/gobackend"

	"example.com/unstuck/pkg/dataset"
	"example.com/unstuck/pkg/fit"
	"example.com/unstuck/pkg/loss"
	"example.com/unstuck/pkg/nn"
	"example.com/unstuck/pkg/optim"
	"example.com/unstuck/pkg/probe"
	"example.com/unstuck/pkg/probe/probefigure"
)

// A training is measured as it runs, and its gauges are drawn on one page; the page is an SVG or a PNG by
// figure.Save, and a cell's output by notebook.Show.
func Example() {
	data, err := dataset.Random(100, []int{10}, []int{1}, 1)
	if err != nil {
		fmt.Println(err)
		return
	}
	net := nn.Sequential{nn.Dense{Units: 8, Activation: nn.ReLU{}}, nn.Dense{Units: 1}}
	m, err := fit.Compile(net, optim.Adam(1e-3), loss.MSE{}, fit.Options{
		Backend: gobackend.GetBackend(), Seed: 9, Probes: probe.Cheap(),
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	h, err := m.Fit(context.Background(), data, fit.Config{Epochs: 5})
	if err != nil {
		fmt.Println(err)
		return
	}
	page := probefigure.Overview("A first run", h, "8-1", "Adam, 1e-3")
	fmt.Println(len(page.Loss.Runs[0].Train), "epochs;", page.Gradients.Layers, page.Updates.Layers, page.Dead.Layers)
	// Output:
	// 5 epochs; [dense dense_1] [dense dense_1] [dense]
}

// What a clip takes off the gradient of one weight, step by step.
func ExampleClipping() {
	data, err := dataset.Random(64, []int{12, 1}, []int{1}, 1)
	if err != nil {
		fmt.Println(err)
		return
	}
	net := nn.Sequential{nn.SimpleRNN{Units: 8}, nn.Dense{Units: 1}}
	m, err := fit.Compile(net, optim.SGD(0.1).With(optim.ClipByNorm{Max: 0.01}), loss.MSE{}, fit.Options{
		Backend: gobackend.GetBackend(), Seed: 9, Probes: []fit.Probe{probe.GradientNorm{}}, ProbeEvery: 1,
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	h, err := m.Fit(context.Background(), data, fit.Config{Epochs: 5})
	if err != nil {
		fmt.Println(err)
		return
	}
	f, err := probefigure.Clipping("A small RNN", h, "simple_rnn/recurrent_kernel", 0.01)
	if err != nil {
		fmt.Println(err)
		return
	}
	norms, err := probe.ReadGradientNorms(h)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(len(f.Before), "steps; in all of them some weight's gradient is longer than the limit:", norms.LongerThan(0.01) == len(f.Before))
	// Output:
	// 10 steps; in all of them some weight's gradient is longer than the limit: true
}

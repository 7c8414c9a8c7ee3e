package probe_test

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
)

// Adam at a rate of 1e-7 moves the weights by less than a hundred-thousandth of their size at each step: too
// little to see in the loss, and plain to see in the update ratio.
func Example() {
	data, err := dataset.Random(1000, []int{10}, []int{1}, 1)
	if err != nil {
		fmt.Println(err)
		return
	}
	net := nn.Sequential{nn.Dense{Units: 64, Activation: nn.ReLU{}}, nn.Dense{Units: 1}}
	m, err := fit.Compile(net, optim.Adam(1e-7), loss.MSE{}, fit.Options{
		Backend: gobackend.GetBackend(), Probes: probe.Cheap(), ProbeEvery: 10,
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	h, err := m.Fit(context.Background(), data, fit.Config{})
	if err != nil {
		fmt.Println(err)
		return
	}
	updates, err := probe.ReadUpdateRatios(h)
	if err != nil {
		fmt.Println(err)
		return
	}
	updates = updates.ByLayer()
	fmt.Println("measured at steps", updates.Steps)
	for i, layer := range updates.Layers {
		last := len(updates.Steps) - 1
		fmt.Println(layer, "moves by less than 1e-5 of its size:", updates.Ratios[i][last] < 1e-5)
	}
	// Output:
	// measured at steps [1 11 21 31]
	// dense moves by less than 1e-5 of its size: true
	// dense_1 moves by less than 1e-5 of its size: true
}

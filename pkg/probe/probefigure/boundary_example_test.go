package probefigure_test

import (
	"context"
	"fmt"

	"github.com/gomlx/compute/gobackend"

	"example.com/unstuck/pkg/fit"
	"example.com/unstuck/pkg/loss"
	"example.com/unstuck/pkg/nn"
	"example.com/unstuck/pkg/optim"
	"example.com/unstuck/pkg/probe"
	"example.com/unstuck/pkg/probe/probefigure"
)

// The decision boundary over a training: snapshots are a callback of the training.
func ExampleBoundary() {
	d, shots := rings(100), probe.Snapshots{Epochs: []int{0, 200}}
	m, err := fit.Compile(nn.Sequential{nn.Dense{Units: 16, Activation: nn.Tanh{}}, nn.Dense{Units: 1, Activation: nn.Sigmoid{}}},
		optim.Adam(0.03), loss.BinaryCrossentropy{}, fit.Options{Backend: gobackend.GetBackend()})
	if err != nil {
		fmt.Println(err)
		return
	}
	if _, err := m.Fit(context.Background(), d, fit.Config{Epochs: 200, Callbacks: []fit.Callback{&shots}}); err != nil {
		fmt.Println(err)
		return
	}
	f, err := probefigure.Boundary(context.Background(), m, shots, d, probefigure.Classes{Names: []string{"inside", "outside"}})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(len(f.Stills), "stills, each of", len(f.Stills[0].Values), "×", len(f.Stills[0].Values[0]), "places")
	// Output:
	// 2 stills, each of 48 × 48 places
}

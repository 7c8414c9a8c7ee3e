// A model written for GoMLX alone, looked into, diagnosed, and trained by GoMLX's own trainer with a clip around
// its optimizer.
package main

import (
	"context"
	"fmt"
	"log"
	"math/rand"

	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/ml/dataset"
	"github.com/gomlx/gomlx/ml/layers"
	"github.com/gomlx/gomlx/ml/layers/activation"
	"github.com/gomlx/gomlx/ml/model"
	"github.com/gomlx/gomlx/ml/train"
	gomlxloss "github.com/gomlx/gomlx/ml/train/loss"
	"github.com/gomlx/gomlx/ml/train/optimizer"

	"example.com/unstuck/pkg/backend"
	unstuck "example.com/unstuck/pkg/dataset"
	"example.com/unstuck/pkg/doctor"
	"example.com/unstuck/pkg/fit"
	"example.com/unstuck/pkg/loss"
	"example.com/unstuck/pkg/nn"
	"example.com/unstuck/pkg/optim"
	"example.com/unstuck/pkg/probe"
	"example.com/unstuck/pkg/training"
)

// network is your model function, as GoMLX wants it. Nothing of this project is in it.
func network(scope *model.Scope, x *graph.Node) *graph.Node {
	x = activation.Relu(layers.Dense(scope.In("hidden"), x, true, 32))
	return layers.Dense(scope.In("output"), x, true, 1)
}

func main() {
	ctx := context.Background()
	data := parabola()

	fmt.Println("1. What do gradients and updates look like?")
	m, err := fit.Compile(nn.Func(network), optim.Adam(1e-6), loss.MSE{}, fit.Options{Seed: 1, Probes: probe.Cheap()})
	check(err)
	h, err := m.Fit(ctx, data, fit.Config{Epochs: 20})
	check(err)
	fmt.Printf("   loss %.2f → %.2f\n", h.Loss()[0], h.Loss()[19])
	updates, err := probe.ReadUpdateRatios(h)
	check(err)
	for i, weight := range updates.Layers {
		fmt.Printf("   %-15s moves by %.0e of its size in a step\n", weight, updates.Ratios[i][len(updates.Steps)-1])
	}

	fmt.Println("2. Why does it not learn?")
	r, err := doctor.Examine(ctx, training.Training{
		Model: nn.Sequential{nn.Func(network)}, Data: data,
		Optimizer: optim.Adam(1e-6), Loss: loss.MSE{}, Epochs: 20, Seed: 1,
	}, doctor.Options{})
	check(err)
	fmt.Println("   " + r.Verdict())
	fmt.Println("   " + r.Findings[0].Treatment.Go)

	fmt.Println("3. GoMLX's own trainer and optimizer, with a clip around it")
	b, err := backend.Default()
	check(err)
	examples, err := dataset.InMemoryFromData(b.Backend, "parabola", []any{data.X.Tensor()}, []any{data.Y.Tensor()})
	check(err)
	clipped := optim.Wrap(optimizer.Adam().LearningRate(0.01).Done(), optim.ClipByGlobalNorm{Max: 1})
	store := model.NewStore()
	check(store.SetRNGStateFromSeed(1))
	trainer := train.NewTrainer(b.Backend, store, network, gomlxloss.MeanSquaredError, clipped, nil, nil)
	_, err = train.NewLoop(trainer).RunSteps(examples.BatchSize(32, true).WithRand(rand.New(rand.NewSource(1))).Shuffle().Infinite(true), 500)
	check(err)
	metrics, err := trainer.Eval(examples.Infinite(false).BatchSize(300, false))
	check(err)
	fmt.Printf("   loss %.2f\n", metrics[0].Value())
}

// parabola is 300 rows of y = x₀² − x₁.
func parabola() unstuck.Data {
	data, err := unstuck.Random(300, []int{2}, []int{1}, 1)
	check(err)
	for i := range data.Rows() {
		x := data.X.Row(i)
		x[0], x[1] = 4*x[0]-2, 4*x[1]-2
		data.Y.Row(i)[0] = x[0]*x[0] - x[1]
	}
	return data
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}

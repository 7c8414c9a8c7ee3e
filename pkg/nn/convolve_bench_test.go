package nn_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/ml/model"

	"example.com/unstuck/pkg/backend"
	"example.com/unstuck/pkg/dataset"
	"example.com/unstuck/pkg/fit"
	"example.com/unstuck/pkg/loss"
	"example.com/unstuck/pkg/nn"
	"example.com/unstuck/pkg/optim"
)

// leNet is LeCun's network as it is written today.
var leNet = nn.Sequential{
	nn.Conv2D{Filters: 6, KernelSize: []int{5}, Padding: "same", Activation: nn.ReLU{}}, nn.MaxPooling2D{},
	nn.Conv2D{Filters: 16, KernelSize: []int{5}, Activation: nn.ReLU{}}, nn.MaxPooling2D{},
	nn.Flatten{}, nn.Dense{Units: 120, Activation: nn.ReLU{}}, nn.Dense{Units: 84, Activation: nn.ReLU{}}, nn.Dense{Units: 10, Activation: nn.Softmax{}},
}

// BenchmarkLeNet is an epoch over 10,000 images of 28×28 in batches of 128, warm.
func BenchmarkLeNet(b *testing.B) {
	rng := rand.New(rand.NewPCG(1, 2))
	const rows = 10000
	data := dataset.Data{X: dataset.Array{Shape: []int{rows, 28, 28, 1}}, Y: dataset.Array{Shape: []int{rows, 1}}}
	for range rows * 28 * 28 {
		data.X.Values = append(data.X.Values, rng.Float32())
	}
	for range rows {
		data.Y.Values = append(data.Y.Values, float32(rng.IntN(10)))
	}
	for _, name := range []string{backend.XLACPU, backend.Go} {
		b.Run(name, func(b *testing.B) {
			on, err := openBackends[name]()
			if err != nil {
				b.Skip(err)
			}
			m, err := fit.Compile(leNet, optim.Adam(1e-3), loss.SparseCategoricalCrossentropy{}, fit.Options{Backend: on})
			if err != nil {
				b.Fatal(err)
			}
			epoch := func() {
				if _, err := m.Fit(context.Background(), data, fit.Config{Epochs: 1, BatchSize: 128}); err != nil {
					b.Fatal(err)
				}
			}
			epoch() // compiles
			for b.Loop() {
				epoch()
			}
		})
	}
}

// BenchmarkConvolution is a convolution with the gradients of its kernel and its input: batch×extent²×channels-filters,kernel,stride.
func BenchmarkConvolution(b *testing.B) {
	for _, s := range []struct{ batch, extent, in, out, kernel, stride int }{
		{128, 28, 1, 6, 5, 1}, {128, 14, 6, 16, 5, 1}, {32, 28, 16, 32, 3, 1}, {32, 32, 64, 64, 3, 1}, {32, 16, 128, 128, 3, 1}, {32, 8, 256, 256, 3, 1}, {32, 32, 64, 128, 3, 2}, {32, 16, 256, 64, 1, 1},
	} {
		for _, name := range []string{backend.XLACPU, backend.Go} {
			b.Run(fmt.Sprintf("%s/%dx%d²x%d-%d,%d,%d", name, s.batch, s.extent, s.in, s.out, s.kernel, s.stride), func(b *testing.B) {
				on, err := openBackends[name]()
				if err != nil {
					b.Skip(err)
				}
				layer := nn.Conv2D{Filters: s.out, KernelSize: []int{s.kernel}, Strides: []int{s.stride}, Padding: "same"}
				store := model.NewStore()
				exec, err := model.NewExec(on.Backend, store, func(scope *model.Scope, x *graph.Node) []*graph.Node {
					y := layer.Apply(scope, x)
					loss := graph.ReduceAllSum(graph.Square(y))
					w := scope.GetVariable("kernel").NodeValue(x.Graph())
					g := graph.Gradient(loss, w, x)
					return []*graph.Node{g[0], graph.ReduceAllSum(g[1])}
				})
				if err != nil {
					b.Fatal(err)
				}
				x := tensor(make([]float32, s.batch*s.extent*s.extent*s.in), s.batch, s.extent, s.extent, s.in)
				step := func() {
					if _, err := exec.Exec(x); err != nil {
						b.Fatal(err)
					}
				}
				step() // compiles
				for b.Loop() {
					step()
				}
			})
		}
	}
}

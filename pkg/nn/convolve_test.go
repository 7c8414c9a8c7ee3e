package nn_test

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/gomlx/gomlx/core/tensors"
	"github.com/gomlx/gomlx/ml/model"

	"example.com/unstuck/pkg/nn"
)

// TestConvolutionIsItsDefinition compares convolutions of random sizes with the sum that defines them, in float64: of few
// channels and of many, in groups, with every padding.
func TestConvolutionIsItsDefinition(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 4))
	for range 40 {
		groups := 1 + rng.IntN(3)
		in, filters := groups*(1+rng.IntN(12)), groups*(1+rng.IntN(3))
		c := nn.Conv1D{
			Filters: filters, KernelSize: []int{1 + rng.IntN(4)}, Strides: []int{1 + rng.IntN(3)}, DilationRate: []int{1},
			Padding: []string{"", "same", "causal"}[rng.IntN(3)], Groups: groups, NoBias: true,
		}
		if c.Strides[0] == 1 {
			c.DilationRate[0] += rng.IntN(3)
		}
		const batch, length = 2, 11
		x, kernel := drawn(rng, batch*length*in), drawn(rng, c.KernelSize[0]*in/groups*filters)
		store := model.NewStore()
		if _, err := store.Scope("/layer").CreateVariable("kernel", tensors.FromFlatDataAndDimensions(kernel, c.KernelSize[0], in/groups, filters)); err != nil {
			t.Fatal(err)
		}
		got := mustRun(t, pureGo(t), store, c, false, tensor(x, batch, length, in))
		reach := (c.KernelSize[0]-1)*c.DilationRate[0] + 1
		front := 0
		switch c.Padding {
		case "causal":
			front = reach - 1
		case "same":
			front = max(0, ((length-1)/c.Strides[0])*c.Strides[0]+reach-length) / 2
		}
		steps := len(got) / batch / filters
		for i, y := range got {
			row, step, filter := i/filters/steps, i/filters%steps, i%filters
			want, first := 0.0, filter/(filters/groups)*(in/groups) // channel of the group
			for k := range c.KernelSize[0] {
				at := step*c.Strides[0] + k*c.DilationRate[0] - front
				if at < 0 || at >= length {
					continue
				}
				for channel := range in / groups {
					want += float64(x[(row*length+at)*in+first+channel]) * float64(kernel[(k*in/groups+channel)*filters+filter])
				}
			}
			if math.Abs(float64(y)-want) > 1e-4 {
				t.Fatalf("%#v: output %d is %g, want %g", c, i, y, want)
			}
		}
	}
}

func drawn(rng *rand.Rand, n int) []float32 {
	values := make([]float32, n)
	for i := range values {
		values[i] = float32(rng.NormFloat64())
	}
	return values
}

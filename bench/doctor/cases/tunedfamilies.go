package cases

import (
	"math"
	"math/rand/v2"

	"example.com/unstuck/pkg/nn"
	"example.com/unstuck/pkg/optim"
	"example.com/unstuck/pkg/training"
)

func normal(r *rand.Rand, x []float32) {
	for i := range x {
		x[i] = float32(r.NormFloat64())
	}
}

// The families of the tuned split.
var (
	sines = Family{"sums of sines", func(r *rand.Rand) training.Training {
		return regression(rowsOf(500, []int{3}, 1, func(x, y []float32) {
			normal(r, x)
			y[0] = float32(math.Sin(1.5*float64(x[0])) + math.Cos(float64(x[1])) - 0.5*float64(x[2]))
		}), hidden(32, 32))
	}}
	teacher = Family{"a random teacher", func(r *rand.Rand) training.Training {
		var w [8][6]float64
		for i := range w {
			for j := range w[i] {
				w[i][j] = r.NormFloat64()
			}
		}
		return regression(rowsOf(500, []int{6}, 1, func(x, y []float32) {
			normal(r, x)
			sum := 0.0
			for i := range w {
				z := 0.0
				for j := range x {
					z += w[i][j] * float64(x[j]) / 2
				}
				sum += math.Tanh(z) * float64(1-2*(i%2))
			}
			y[0] = float32(sum)
		}), hidden(32, 32))
	}}
	friedman = Family{"Friedman's function", func(r *rand.Rand) training.Training {
		return regression(rowsOf(500, []int{5}, 1, func(x, y []float32) {
			for i := range x {
				x[i] = float32(2*r.Float64() - 1)
			}
			u := func(i int) float64 { return float64(x[i]+1) / 2 }
			y[0] = float32((10*math.Sin(math.Pi*u(0)*u(1))+20*(u(2)-0.5)*(u(2)-0.5)+10*u(3)+5*u(4))/5 - 3)
		}), hidden(32, 32))
	}}
	blobs = Family{"blobs", func(r *rand.Rand) training.Training {
		return classes(rowsOf(500, []int{4}, 1, func(x, y []float32) {
			normal(r, x)
			k := r.IntN(4)
			x[0], x[1] = 0.7*x[0]+float32(3*(k%2)-1), 0.7*x[1]+float32(3*(k/2)-1)
			y[0] = float32(k)
		}), 4, hidden(24))
	}}
	xor = Family{"xor", func(r *rand.Rand) training.Training {
		return binary(rowsOf(600, []int{3}, 1, func(x, y []float32) {
			normal(r, x)
			if x[0]*x[1] > 0 {
				y[0] = 1
			}
		}), hidden(24, 24))
	}}
	rings = Family{"rings", func(r *rand.Rand) training.Training {
		return binary(rowsOf(600, []int{2}, 1, func(x, y []float32) {
			y[0] = float32(r.IntN(2))
			angle, radius := 2*math.Pi*r.Float64(), 0.6+1.2*float64(y[0])+0.1*r.NormFloat64()
			x[0], x[1] = float32(radius*math.Cos(angle)), float32(radius*math.Sin(angle))
		}), hidden(24, 24))
	}}
	wave = Family{"the next value of a wave", func(r *rand.Rand) training.Training {
		t := regression(rowsOf(400, []int{10, 1}, 1, func(x, y []float32) {
			phase, step := 2*math.Pi*r.Float64(), 0.3+0.4*r.Float64()
			for i := range x {
				x[i] = float32(math.Sin(phase + step*float64(i)))
			}
			y[0] = float32(math.Sin(phase + step*float64(len(x))))
		}), nn.Sequential{nn.SimpleRNN{Units: 16}})
		t.Optimizer, t.Epochs = optim.Adam(0.005), 25
		return t
	}}
)

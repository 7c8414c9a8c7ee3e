package cases

import (
	"math"
	"math/rand/v2"

	"example.com/unstuck/pkg/nn"
	"example.com/unstuck/pkg/optim"
	"example.com/unstuck/pkg/training"
)

// HeldOutFamilies names what the data of the held-out split are.
func HeldOutFamilies() []string {
	var names []string
	for _, f := range []Family{pendulum, arm, loans, words, motifs, stripes, seasons, spirals} {
		names = append(names, f.Name)
	}
	return names
}

// The families of the held-out split.
var (
	pendulum = Family{"where a damped pendulum is after a second", func(r *rand.Rand) training.Training {
		return regression(rowsOf(600, []int{3}, 1, func(x, y []float32) {
			angle, speed, damping := 2.4*(r.Float64()-0.5), 4*(r.Float64()-0.5), r.Float64()
			x[0], x[1], x[2] = float32(angle), float32(speed), float32(damping)
			for range 100 {
				speed += 0.01 * (-4*math.Sin(angle) - damping*speed)
				angle += 0.01 * speed
			}
			y[0] = float32(angle)
		}), hidden(40, 20))
	}}
	arm = Family{"the hand of a robot's arm, by its angles", func(r *rand.Rand) training.Training {
		return regression(rowsOf(700, []int{3}, 2, func(x, y []float32) {
			sum := 0.0
			for i := range x {
				x[i] = float32(3 * (r.Float64() - 0.5))
				sum += float64(x[i])
				y[0] += float32(math.Cos(sum))
				y[1] += float32(math.Sin(sum))
			}
			y[0] -= 1
		}), nn.Sequential{nn.Dense{Units: 48, Activation: nn.Tanh{}}, nn.Dense{Units: 24, Activation: nn.ELU{}}})
	}}
	loans = Family{"loans that are paid back, by amounts and classes", func(r *rand.Rand) training.Training {
		t := binary(rowsOf(900, []int{8}, 1, func(x, y []float32) {
			income, debt := math.Exp(0.6*r.NormFloat64()), math.Exp(0.8*r.NormFloat64())
			job := r.IntN(4)
			x[0], x[1], x[2] = float32(math.Log(income)), float32(math.Log(debt)), float32(r.Float64())
			x[3] = float32(r.NormFloat64())
			x[4+job] = 1
			if 2*(math.Log(income/debt))+1.5*float64(job%2)+2*float64(x[2])-1.7+0.3*r.NormFloat64() > 0 {
				y[0] = 1
			}
		}), hidden(32))
		return t
	}}
	words = Family{"topics, by counts of words", func(r *rand.Rand) training.Training {
		return classes(rowsOf(600, []int{30}, 1, func(x, y []float32) {
			topic := r.IntN(5)
			y[0] = float32(topic)
			for range 12 + r.IntN(20) {
				word := r.IntN(30)
				if r.IntN(3) == 0 {
					word = topic*6 + r.IntN(6)
				}
				x[word]++
			}
		}), 5, hidden(32))
	}}
	motifs = Family{"which motif is in a sequence of symbols", func(r *rand.Rand) training.Training {
		t := classes(rowsOf(600, []int{12}, 1, func(x, y []float32) {
			kind := r.IntN(3)
			y[0] = float32(kind)
			for i := range x {
				x[i] = float32(r.IntN(16))
			}
			at := r.IntN(8)
			for i := range 4 {
				x[at+i] = float32(16 + kind*2 + i%2)
			}
		}), 3, nn.Sequential{nn.Embedding{InputDim: 22, OutputDim: 8}, nn.GRU{Units: 16}})
		t.Optimizer, t.Epochs = optim.Adam(0.01), 20
		return t
	}}
	stripes = Family{"how stripes in a picture lie", func(r *rand.Rand) training.Training {
		t := classes(rowsOf(400, []int{10, 10, 1}, 1, func(x, y []float32) {
			k := r.IntN(4)
			y[0] = float32(k)
			direction := math.Pi * float64(k) / 4
			phase, length := 2*math.Pi*r.Float64(), 3+1.5*r.Float64()
			for i := range x {
				along := math.Cos(direction)*float64(i%10) + math.Sin(direction)*float64(i/10)
				x[i] = float32(0.5 + 0.4*math.Sin(2*math.Pi*along/length+phase) + 0.05*r.NormFloat64())
			}
		}), 4, nn.Sequential{nn.Conv2D{Filters: 8, KernelSize: []int{3}, Activation: nn.ReLU{}}, nn.MaxPooling2D{}, nn.Flatten{}, nn.Dense{Units: 16, Activation: nn.ReLU{}}})
		t.Epochs = 20
		return t
	}}
	seasons = Family{"the next value of a series with seasons", func(r *rand.Rand) training.Training {
		t := regression(rowsOf(500, []int{16, 1}, 1, func(x, y []float32) {
			phase, trend, size := 2*math.Pi*r.Float64(), 0.04*r.NormFloat64(), 0.5+r.Float64()
			at := func(i int) float32 {
				return float32(size*math.Sin(phase+2*math.Pi*float64(i)/7) + trend*float64(i) + 0.05*r.NormFloat64())
			}
			for i := range x {
				x[i] = at(i)
			}
			y[0] = at(len(x))
		}), nn.Sequential{nn.Conv1D{Filters: 12, KernelSize: []int{5}, Activation: nn.Swish{}}, nn.Flatten{}, nn.Dense{Units: 16, Activation: nn.Swish{}}})
		t.Epochs = 30
		return t
	}}
	spirals = Family{"three arms of a spiral", func(r *rand.Rand) training.Training {
		t := classes(rowsOf(600, []int{2}, 1, func(x, y []float32) {
			k := r.IntN(3)
			y[0] = float32(k)
			along := 0.2 + 0.8*r.Float64()
			angle := 3.5*along + 2*math.Pi*float64(k)/3 + 0.08*r.NormFloat64()
			x[0], x[1] = float32(1.6*along*math.Cos(angle)), float32(1.6*along*math.Sin(angle))
		}), 3, nn.Sequential{nn.Dense{Units: 32, Activation: nn.LeakyReLU{}}, nn.Dense{Units: 32, Activation: nn.LeakyReLU{}}})
		t.Optimizer = optim.Adam(0.01)
		return t
	}}
)

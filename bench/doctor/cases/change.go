package cases

import (
	"cmp"
	"math"
	"math/rand/v2"
	"slices"

	"example.com/unstuck/pkg/dataset"
	"example.com/unstuck/pkg/loss"
	"example.com/unstuck/pkg/nn"
	"example.com/unstuck/pkg/optim"
	"example.com/unstuck/pkg/training"
)

// change is what is done to a training.
type change = func(*training.Training)

func all(changes ...change) change {
	return func(t *training.Training) {
		for _, c := range changes {
			c(t)
		}
	}
}

// layers puts other layers in front of the head.
func layers(l ...nn.Layer) change {
	return func(t *training.Training) {
		net := t.Model.(nn.Sequential)
		t.Model = onto(l, net[len(net)-1])
	}
}

// head changes the last layer.
func head(f func(*nn.Dense)) change {
	return func(t *training.Training) {
		net := t.Model.(nn.Sequential)
		d := net[len(net)-1].(nn.Dense)
		f(&d)
		net[len(net)-1] = d
	}
}

// dense changes the hidden dense layers.
func dense(f func(*nn.Dense)) change {
	return func(t *training.Training) {
		net := t.Model.(nn.Sequential)
		for i, l := range net[:len(net)-1] {
			if d, is := l.(nn.Dense); is {
				f(&d)
				net[i] = d
			}
		}
	}
}

// deep is many hidden layers of a kind.
func deep(n int, d nn.Dense) change {
	return layers(slices.Repeat([]nn.Layer{d}, n)...)
}

func frozen(t *training.Training) {
	net := t.Model.(nn.Sequential)
	for i, l := range net {
		net[i] = nn.Frozen{Layer: l}
	}
}

// mapped is an array of other values, each row's k-th made of the old one.
func mapped(a dataset.Array, f func(k int, v float32) float32) dataset.Array {
	values := make([]float32, len(a.Values))
	width := a.RowSize()
	for i, v := range a.Values {
		values[i] = f(i%width, v)
	}
	return dataset.Array{Shape: a.Shape, Values: values}
}

func inputs(f func(k int, v float32) float32) change {
	return func(t *training.Training) { t.Data.X = mapped(t.Data.X, f) }
}

func targets(f func(v float32) float32) change {
	return func(t *training.Training) {
		t.Data.Y = mapped(t.Data.Y, func(_ int, v float32) float32 { return f(v) })
	}
}

// ordered sorts the rows.
func ordered(by func(d dataset.Data, row int) float32) change {
	return func(t *training.Training) {
		rows := make([]int, t.Data.Rows())
		for i := range rows {
			rows[i] = i
		}
		slices.SortStableFunc(rows, func(a, b int) int { return cmp.Compare(by(t.Data, a), by(t.Data, b)) })
		t.Data, _ = t.Data.Take(rows)
	}
}

func byTarget(d dataset.Data, row int) float32 { return d.Y.Row(row)[0] }

// repaired gives each row another row's targets.
func repaired(t *training.Training) {
	rows := rand.New(rand.NewPCG(uint64(t.Seed), 1)).Perm(t.Data.Rows())
	y, _ := t.Data.Take(rows)
	t.Data.Y = y.Y
}

// few leaves so many rows to train on, and the last 300 to validate on.
func few(rows int) change {
	return func(t *training.Training) {
		n := t.Data.Rows()
		t.Validation = t.Data.Range(n-300, n)
		t.Data = t.Data.Range(0, rows)
	}
}

func by(o optim.Optimizer) change { return func(t *training.Training) { t.Optimizer = o } }

func under(l loss.Loss) change { return func(t *training.Training) { t.Loss = l } }

func times(epochs, batch int) change {
	return func(t *training.Training) { t.Epochs, t.BatchSize = epochs, batch }
}

func split(share float64) change {
	return func(t *training.Training) { t.ValidationSplit = share }
}

func weighing(w map[int]float64) change {
	return func(t *training.Training) { t.ClassWeight = w }
}

// blurred adds noise to the targets, in shares of their deviation: of 1, half of what there is to explain can be.
func blurred(share float64) change {
	return func(t *training.Training) {
		r := rand.New(rand.NewPCG(uint64(t.Seed), 2))
		mean, square := 0.0, 0.0
		for _, v := range t.Data.Y.Values {
			mean += float64(v) / float64(len(t.Data.Y.Values))
			square += float64(v) * float64(v) / float64(len(t.Data.Y.Values))
		}
		deviation := math.Sqrt(square - mean*mean)
		targets(func(v float32) float32 { return v + float32(share*deviation*r.NormFloat64()) })(t)
	}
}

// mislabelled gives a share of the rows a class by chance.
func mislabelled(share float64, classes int) change {
	return func(t *training.Training) {
		r := rand.New(rand.NewPCG(uint64(t.Seed), 3))
		targets(func(v float32) float32 {
			if r.Float64() < share {
				return float32(r.IntN(classes))
			}
			return v
		})(t)
	}
}

// numbers tells whether the targets are numbers, and no classes.
func numbers(t training.Training) bool {
	switch t.Loss.(type) {
	case loss.BinaryCrossentropy, loss.SparseCategoricalCrossentropy:
		return false
	}
	return true
}

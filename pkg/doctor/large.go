package doctor

import (
	"fmt"
	"math/rand/v2"
	"slices"

	"example.com/unstuck/pkg/backend"
	"example.com/unstuck/pkg/dataset"
	"example.com/unstuck/pkg/nn"
	"example.com/unstuck/pkg/training"
)

// How much work one run of a training may be, in multiplications and additions. An examination has up to a few dozen runs; of work as
// large as most a run takes seconds on XLA, and a minute or two in pure Go.
const (
	mostWork     = 1e11
	workOfUpdate = 2e6 // what starting a step costs, in the same unit
	leastUpdates = 500 // a training that isn't stuck shows it by then
	leastSampled = 1e4 // rows that are kept at least
	worthXLA     = 5e9 // from here on compiling takes less than what it saves
	heldSampled  = 4   // of validation rows of their own this share of the others' number is kept: 1/4
)

// work estimates what one run of a training costs: forward, and twice as much back, for every row of every epoch.
func work(c training.Training) float64 {
	each := 0.0
	nn.Measure(c.Model, single(c.RowShapes()), func(m nn.Measured) error {
		weights := 0.0
		for _, w := range m.Weights {
			if len(w.Shape) > 1 {
				weights += product(w.Shape)
			}
		}
		each += weights * placesOf(m)
		return nil
	})
	updates := float64(c.Steps()) * float64(c.Epochs)
	return updates * (workOfUpdate + 6*each*float64(c.BatchSize))
}

// placesOf is how often a layer uses its weights in a row: at each place of an image or a series.
func placesOf(m nn.Measured) float64 {
	if _, recurrent := m.Layer.(nn.Recurrent); recurrent {
		return float64(m.Inputs[0][1])
	}
	shape := m.Outputs[0]
	if f, has := nn.Filters(m.Layer); has && f > 0 {
		return product(shape) / float64(f)
	}
	return product(shape) / float64(max(1, shape[len(shape)-1]))
}

// sampled is the training on fewer rows, for fewer epochs, where a run of it would be more than mostWork: as many updates as that
// allows, but leastUpdates at least; for them the given epochs on a random part of the rows, or where that would be fewer
// than leastSampled rows, those for fewer epochs. The rows stay in their order, and the share held out the same. What is taken
// stands among the report's assumptions.
func sampled(c training.Training) (training.Training, error) {
	whole := work(c)
	if whole <= mostWork {
		return c, nil
	}
	all, epochs := c.Data.Rows(), c.Epochs
	updates := max(leastUpdates, float64(c.Updates())*mostWork/whole)
	passes := updates * float64(c.BatchSize) * float64(all) / float64(c.TrainRows())
	rows := min(all, max(leastSampled, int(passes/float64(epochs))))
	c.Epochs = min(epochs, max(1, int(passes/float64(rows)+0.5)))
	if rows == all && c.Epochs == epochs {
		return c, nil
	}
	var err error
	if rows < all {
		if c.Data, err = draw(c.Data, rows, c.Seed); err != nil {
			return c, err
		}
		c.AssumeInstead("rows", fmt.Sprintf("%d drawn at random", rows), fmt.Sprint(all))
	}
	if held := max(1, rows/heldSampled); c.Validation.Rows() > held {
		given := c.Validation.Rows()
		if c.Validation, err = draw(c.Validation, held, c.Seed); err != nil {
			return c, err
		}
		c.AssumeInstead("validation rows", fmt.Sprintf("%d drawn at random", held), fmt.Sprint(given))
	}
	if c.Epochs < epochs {
		c.AssumeInstead(training.EpochsSetting, fmt.Sprint(c.Epochs), fmt.Sprint(epochs))
	}
	return c, nil
}

// draw takes so many rows at random and leaves them in their order.
func draw(d dataset.Data, rows int, seed int64) (dataset.Data, error) {
	taken := rand.New(rand.NewPCG(uint64(seed), 0x64726177)).Perm(d.Rows())[:rows]
	slices.Sort(taken)
	return d.Take(taken)
}

// chooseBackend is the one that trains: the caller's, or pure Go, or XLA where there is enough to compute that it pays. The
// returned function is to be called when nothing runs on it any more; nil: it stays open.
func (e *examination) chooseBackend(c training.Training) (done func()) {
	if e.options.Backend != nil {
		return nil
	}
	e.runner.backend = pureGo()
	if work(c) < worthXLA {
		return nil
	}
	b, err := backend.Open(backend.Options{})
	if err != nil {
		return nil
	}
	if b.Name() == backend.Go {
		b.Close()
		return nil
	}
	e.tell("computed by %s", b.Name())
	e.runner.backend = b.Backend
	return func() { b.Close() }
}

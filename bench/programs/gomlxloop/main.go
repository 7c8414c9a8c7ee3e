// GoMLX's own training loop, train.Loop over an in-memory dataset, on the same tasks. What GoMLX has is taken
// from GoMLX; the recurrent layer and the clipping of example 3, which it lacks, come from this project.
package main

import (
	"encoding/json"
	"flag"
	"log"
	"math"
	"math/rand/v2"
	"os"
	"runtime/debug"
	"time"

	"github.com/gomlx/compute"
	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"github.com/gomlx/gomlx/ml/dataset"
	"github.com/gomlx/gomlx/ml/layers"
	"github.com/gomlx/gomlx/ml/layers/activation"
	"github.com/gomlx/gomlx/ml/layers/lstm"
	"github.com/gomlx/gomlx/ml/model"
	"github.com/gomlx/gomlx/ml/train"
	"github.com/gomlx/gomlx/ml/train/loss"
	"github.com/gomlx/gomlx/ml/train/optimizer"

	"example.com/unstuck/pkg/backend"
	"example.com/unstuck/pkg/nn"
	"example.com/unstuck/pkg/optim"
)

type work struct {
	rows, batch, epochs int
	x, y                []int // of a row
	model               func(scope *model.Scope, x *graph.Node) *graph.Node
	loss                train.LossFn
	optimizer           optimizer.Interface
}

var tasks = map[string]work{
	"example1": {rows: 1000, batch: 32, epochs: 10, x: []int{10}, y: []int{1}, model: dense(activation.Relu), loss: loss.MeanSquaredError, optimizer: adam(1e-3)},
	"example2": {rows: 1000, batch: 32, epochs: 10, x: []int{10}, y: []int{1}, model: dense(graph.Sigmoid), loss: loss.MeanSquaredError, optimizer: adam(1e-3)},
	"example3": {rows: 1000, batch: 32, epochs: 10, x: []int{10, 1}, y: []int{1}, loss: loss.MeanSquaredError,
		model:     nn.Sequential{nn.SimpleRNN{Units: 64, ReturnSequences: true}, nn.SimpleRNN{Units: 1}}.Apply,
		optimizer: optim.Adam(1e-3).With(optim.ClipByNorm{Max: 1})},
	"sweep": {rows: 1000, batch: 32, epochs: 10, x: []int{10}, y: []int{1}, model: dense(activation.Relu), loss: loss.MeanSquaredError},
	"mlp": {rows: 60000, batch: 128, epochs: 1, x: []int{784}, y: []int{1}, model: classifier,
		loss: loss.SparseCategoricalCrossEntropyLogits, optimizer: adam(1e-3)},
	"lstm": {rows: 1000, batch: 32, epochs: 10, x: []int{20, 8}, y: []int{1}, model: sequence, loss: loss.MeanSquaredError, optimizer: adam(1e-3)},
}

func adam(rate float64) optimizer.Interface {
	return optimizer.Adam().LearningRate(rate).Epsilon(1e-7).Done()
}

func dense(activate func(*graph.Node) *graph.Node) func(scope *model.Scope, x *graph.Node) *graph.Node {
	return func(scope *model.Scope, x *graph.Node) *graph.Node {
		x = activate(layers.Dense(scope.In("hidden"), x, true, 64))
		return layers.Dense(scope.In("output"), x, true, 1)
	}
}

func classifier(scope *model.Scope, x *graph.Node) *graph.Node {
	x = activation.Relu(layers.Dense(scope.In("first"), x, true, 512))
	x = activation.Relu(layers.Dense(scope.In("second"), x, true, 512))
	return layers.Dense(scope.In("output"), x, true, 10)
}

func sequence(scope *model.Scope, x *graph.Node) *graph.Node {
	_, last, _ := lstm.New(scope.In("lstm"), x, 32).Done()
	return layers.Dense(scope.In("output"), graph.Squeeze(last, 0), true, 1)
}

const sweepRates = 100

func main() {
	task := flag.String("task", "example1", "what to train")
	fits := flag.Int("fits", 1, "how many times to fit the same model")
	rows := flag.Int("rows", 0, "rows of data; 0: as many as the task has")
	flag.Parse()
	w, ok := tasks[*task]
	if !ok {
		log.Fatalf("there is no task %q", *task)
	}
	if *rows > 0 {
		w.rows = *rows
	}
	inputs, labels := w.data(*task == "mlp")
	var seconds, losses []float64
	began := time.Now()
	b, err := backend.Default()
	check(err)
	if *task == "sweep" {
		best := math.Inf(1)
		for i := range sweepRates {
			w.optimizer = adam(math.Pow(10, -5+5*float64(i)/(sweepRates-1)))
			best = min(best, w.trainer(b, inputs, labels)())
		}
		seconds, losses = append(seconds, time.Since(began).Seconds()), append(losses, best)
	} else {
		fit := w.trainer(b, inputs, labels)
		for range *fits {
			losses = append(losses, fit())
			seconds = append(seconds, time.Since(began).Seconds())
			began = time.Now()
		}
	}
	check(json.NewEncoder(os.Stdout).Encode(map[string]any{"seconds": seconds, "losses": losses, "versions": versions()}))
}

// trainer makes a fresh model; what it returns trains it and tells the last epoch's mean loss.
func (w work) trainer(b *backend.Backend, inputs, labels *tensors.Tensor) func() float64 {
	ds, err := dataset.InMemoryFromData(b.Backend, "examples", []any{inputs}, []any{labels})
	check(err)
	ds = ds.BatchSize(w.batch, false).Shuffle()
	t := train.NewTrainer(compute.Backend(b.Backend), model.NewStore(), w.model, w.loss, w.optimizer, nil, nil)
	loop := train.NewLoop(t)
	var sum float64
	var seen int
	loop.OnStep("loss", 0, func(loop *train.Loop, metrics []*tensors.Tensor) error {
		at := seen % w.rows
		if at == 0 {
			sum = 0
		}
		n := min(w.batch, w.rows-at)
		sum += float64(tensors.ToScalar[float32](metrics[0])) * float64(n)
		seen += n
		return nil
	})
	return func() float64 {
		_, err := loop.RunEpochs(ds, w.epochs)
		check(err)
		return sum / float64(w.rows)
	}
}

func (w work) data(classes bool) (inputs, labels *tensors.Tensor) {
	rng := rand.New(rand.NewPCG(7, 7))
	x := make([]float32, w.rows*product(w.x))
	for i := range x {
		x[i] = rng.Float32()
	}
	inputs = tensors.FromFlatDataAndDimensions(x, append([]int{w.rows}, w.x...)...)
	if classes {
		y := make([]int32, w.rows)
		for i := range y {
			y[i] = rng.Int32N(10)
		}
		return inputs, tensors.FromFlatDataAndDimensions(y, w.rows, 1)
	}
	y := make([]float32, w.rows)
	for i := range y {
		y[i] = rng.Float32()
	}
	return inputs, tensors.FromFlatDataAndDimensions(y, append([]int{w.rows}, w.y...)...)
}

func product(dims []int) int {
	all := 1
	for _, d := range dims {
		all *= d
	}
	return all
}

func versions() map[string]string {
	all := map[string]string{}
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, d := range info.Deps {
			if d.Path == "github.com/gomlx/gomlx" {
				all[d.Path] = d.Version
			}
		}
	}
	return all
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}

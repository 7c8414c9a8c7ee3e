// The program of this project that "make bench" runs: what a user's script of the task would be.
package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"log"
	"math"
	"os"
	"runtime"
	"runtime/debug"
	"time"

	"example.com/unstuck/pkg/backend"
	"example.com/unstuck/pkg/dataset"
	"example.com/unstuck/pkg/explore"
	"example.com/unstuck/pkg/fit"
	"example.com/unstuck/pkg/loss"
	"example.com/unstuck/pkg/nn"
	"example.com/unstuck/pkg/optim"
	"example.com/unstuck/pkg/training"
)

// work is one task: data, a model, and what a fit of it is.
type work struct {
	rows   int
	x, y   []int // of a row
	net    nn.Layer
	loss   loss.Loss
	adam   optim.Optimizer
	config fit.Config
	rates  int // that a search tries
}

var tasks = map[string]work{
	"example1": {rows: 1000, x: []int{10}, y: []int{1}, net: dense(nn.ReLU{}), loss: loss.MSE{}, adam: optim.Adam(1e-3), config: fit.Config{Epochs: 10}},
	"example2": {rows: 1000, x: []int{10}, y: []int{1}, net: dense(nn.Sigmoid{}), loss: loss.MSE{}, adam: optim.Adam(1e-3), config: fit.Config{Epochs: 10}},
	"example3": {
		rows: 1000, x: []int{10, 1}, y: []int{1}, loss: loss.MSE{},
		net:    nn.Sequential{nn.SimpleRNN{Units: 64, ReturnSequences: true}, nn.SimpleRNN{Units: 1}},
		adam:   optim.Adam(1e-3).With(optim.ClipByNorm{Max: 1}),
		config: fit.Config{Epochs: 10},
	},
	"sweep":     {rows: 1000, x: []int{10}, y: []int{1}, net: dense(nn.ReLU{}), loss: loss.MSE{}, config: fit.Config{Epochs: 10}},
	"rates100":  {rows: 1000, x: []int{10}, y: []int{1}, net: dense(nn.ReLU{}), loss: loss.MSE{}, rates: 100},
	"rates1000": {rows: 1000, x: []int{10}, y: []int{1}, net: dense(nn.ReLU{}), loss: loss.MSE{}, rates: 1000},
	"mlp": classifier(60000, []int{784},
		nn.Sequential{nn.Dense{Units: 512, Activation: nn.ReLU{}}, nn.Dense{Units: 512, Activation: nn.ReLU{}}, nn.Dense{Units: 10}}),
	"lstm": {
		rows: 1000, x: []int{20, 8}, y: []int{1}, loss: loss.MSE{}, adam: optim.Adam(1e-3),
		net:    nn.Sequential{nn.LSTM{Units: 32}, nn.Dense{Units: 1}},
		config: fit.Config{Epochs: 10},
	},
	"lenet":       classifier(10000, []int{28, 28, 1}, leNet),
	"resnet":      classifier(1000, []int{32, 32, 3}, resNet()),
	"transformer": classifier(2000, []int{32, 64}, transformer()),
}

// classifier is an epoch of a network that tells ten classes apart.
func classifier(rows int, x []int, net nn.Layer) work {
	return work{
		rows: rows, x: x, y: []int{1}, net: net, loss: loss.SparseCategoricalCrossentropy{FromLogits: true}, adam: optim.Adam(1e-3),
		config: fit.Config{Epochs: 1, BatchSize: 128},
	}
}

func dense(activation nn.Activation) nn.Sequential {
	return nn.Sequential{nn.Dense{Units: 64, Activation: activation}, nn.Dense{Units: 1}}
}

// sweepRates are spaced evenly on a logarithmic scale, from 1e-5 to 1.
const sweepRates = 100

// memoryLimit is fit.Options.MemoryLimit.
var memoryLimit int64

func main() {
	task := flag.String("task", "example1", "what to train")
	fits := flag.Int("fits", 1, "how many times to fit the same model")
	rows := flag.Int("rows", 0, "rows of data; 0: as many as the task has")
	flag.Int64Var(&memoryLimit, "limit", 0, "bytes of data on the device at once; 0: no limit")
	flag.Parse()
	w, ok := tasks[*task]
	if !ok {
		log.Fatalf("there is no task %q", *task)
	}
	if *rows > 0 {
		w.rows = *rows
	}
	data, err := dataset.Random(w.rows, w.x, w.y, 7)
	check(err)
	if _, classes := w.loss.(loss.SparseCategoricalCrossentropy); classes {
		for i, v := range data.Y.Values {
			data.Y.Values[i] = float32(math.Floor(float64(v) * 10))
		}
	}
	seconds, losses := w.repeat(data, *fits)
	if w.rates > 0 {
		seconds, losses = w.search(data, *fits)
	}
	if *task == "sweep" {
		seconds, losses = w.sweep(data)
	}
	check(json.NewEncoder(os.Stdout).Encode(map[string]any{"seconds": seconds, "losses": losses, "versions": versions()}))
}

// repeat fits one model again and again.
func (w work) repeat(data dataset.Data, fits int) (seconds, losses []float64) {
	if w.adam.Rule == nil {
		return nil, nil
	}
	began := time.Now()
	m, err := fit.Compile(w.net, w.adam, w.loss, fit.Options{Seed: 1, MemoryLimit: memoryLimit})
	check(err)
	for range fits {
		losses = append(losses, lastLoss(m, data, w.config))
		seconds = append(seconds, time.Since(began).Seconds())
		began = time.Now()
	}
	return seconds, losses
}

// sweep fits a fresh model at each rate; the loss is the best of them.
func (w work) sweep(data dataset.Data) (seconds, losses []float64) {
	began := time.Now()
	best := math.Inf(1)
	for i := range sweepRates {
		rate := math.Pow(10, -5+5*float64(i)/(sweepRates-1))
		m, err := fit.Compile(w.net, optim.Adam(rate), w.loss, fit.Options{Seed: 1})
		check(err)
		best = min(best, lastLoss(m, data, w.config))
	}
	return []float64{time.Since(began).Seconds()}, []float64{best}
}

// search tries all rates again and again; the loss is the best of them.
func (w work) search(data dataset.Data, fits int) (seconds, losses []float64) {
	rates := make([]float64, w.rates)
	for i := range rates {
		rates[i] = math.Pow(10, -5+5*float64(i)/float64(w.rates-1))
	}
	points, err := explore.Space{explore.LearningRates(rates...)}.Grid()
	check(err)
	t := training.Training{Model: w.net, Optimizer: optim.Adam(1e-3), Loss: w.loss, Data: data, Epochs: 10, Seed: 1}
	for range fits {
		began := time.Now()
		table, err := explore.Search(context.Background(), t, points, explore.SearchOptions{})
		check(err)
		best, _ := table.Best()
		losses = append(losses, best.Score)
		seconds = append(seconds, time.Since(began).Seconds())
	}
	return seconds, losses
}

func lastLoss(m *fit.Model, data dataset.Data, c fit.Config) float64 {
	h, err := m.Fit(context.Background(), data, c)
	check(err)
	all := h.Loss()
	return all[len(all)-1]
}

// versions of what did the work.
func versions() map[string]string {
	all := map[string]string{"go": runtime.Version()}
	if b, err := backend.Default(); err == nil {
		all["backend"] = b.Name()
		if p, ok := b.Plugin(); ok {
			all["plugin"] = fmt.Sprint(p)
		}
	}
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, d := range info.Deps {
			if d.Path == "github.com/gomlx/gomlx" || d.Path == "github.com/gomlx/go-xla" {
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

package explore_test

import (
	"context"
	"fmt"

	"github.com/gomlx/compute/gobackend"

	"example.com/unstuck/pkg/dataset"
	"example.com/unstuck/pkg/explore"
	"example.com/unstuck/pkg/fit"
	"example.com/unstuck/pkg/fit/run"
	"example.com/unstuck/pkg/loss"
	"example.com/unstuck/pkg/nn"
	"example.com/unstuck/pkg/optim"
	"example.com/unstuck/pkg/training"
)

// line is a training with something to learn: y = 2x + 1.
func line() training.Training {
	x := dataset.Array{Shape: []int{64, 1}}
	y := dataset.Array{Shape: []int{64, 1}}
	for i := range 64 {
		v := float32(i)/32 - 1
		x.Values, y.Values = append(x.Values, v), append(y.Values, 2*v+1)
	}
	return training.Training{
		Model:     nn.Sequential{nn.Dense{Units: 1}},
		Optimizer: optim.SGD(0.01),
		Loss:      loss.MSE{},
		Data:      dataset.Data{X: x, Y: y},
		Epochs:    5,
		Seed:      1,
	}
}

// pureGo runs trainings in pure Go; the zero Run takes the default backend.
var pureGo = explore.Run{Fit: fit.Options{Backend: gobackend.GetBackend()}}

// A range test tells rates that are too small from those that are too large.
func ExampleRangeTestOf() {
	r, err := explore.RangeTestOf(context.Background(), line(), pureGo.Fit, explore.RangeOptions{})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println("diverged:", r.Stopped != "")
	for _, s := range r.Suggestions() {
		fmt.Printf("%s: between 1e-3 and 1: %v\n", s.Name, s.Rate > 1e-3 && s.Rate < 1)
	}
	// Output:
	// diverged: true
	// valley: between 1e-3 and 1: true
	// steepest: between 1e-3 and 1: true
	// minimum/10: between 1e-3 and 1: true
	// longest slide: between 1e-3 and 1: true
}

// A range test suggests a rate, and a handful of trainings confirms or corrects it.
func ExampleFindRate() {
	ctx, t := context.Background(), line()
	found, err := explore.FindRate(ctx, t, explore.RateOptions{Search: explore.SearchOptions{Run: pureGo}})
	if err != nil {
		fmt.Println(err)
		return
	}
	best, _ := found.Tried.Best()
	t.Optimizer = t.Optimizer.WithRate(found.Rate)
	m, err := run.New(t, pureGo.Fit)
	if err != nil {
		fmt.Println(err)
		return
	}
	h, err := m.Fit(ctx, t.TrainData(), run.Config(t))
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println("trains as found:", h.Loss()[4] == best.Score)
	fmt.Println("loss below 0.001:", best.Score < 0.001)
	// Output:
	// trains as found: true
	// loss below 0.001: true
}

// A grid of rates and batch sizes, each with three seeds; the best setting comes first.
func ExampleSearch() {
	points, err := explore.Space{explore.LearningRates(0.001, 0.1, 1e6), explore.BatchSizes(8, 64)}.Grid()
	if err != nil {
		fmt.Println(err)
		return
	}
	table, err := explore.Search(context.Background(), line(), points, explore.SearchOptions{Run: pureGo, Seeds: []int64{1, 2, 3}})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, r := range table.Rows {
		fmt.Printf("rate %s, batch size %s: below 0.1: %v\n", r.Label("learning rate"), r.Label("batch size"), r.Score < 0.1)
	}
	// Output:
	// rate 0.1, batch size 8: below 0.1: true
	// rate 0.1, batch size 64: below 0.1: false
	// rate 0.001, batch size 8: below 0.1: false
	// rate 0.001, batch size 64: below 0.1: false
	// rate 1e+06, batch size 8: below 0.1: false
	// rate 1e+06, batch size 64: below 0.1: false
}

// The same trainings by another loss: which rate trains best, and which holds best on other rows?
func ExampleTable_By() {
	t := line()
	t.Data, t.Validation = t.Data.Range(0, 48), t.Data.Range(48, 64)
	points, err := explore.Space{explore.LearningRates(0.001, 0.1), explore.BatchSizes(8, 16)}.Grid()
	if err != nil {
		fmt.Println(err)
		return
	}
	trained, err := explore.Search(context.Background(), t, points, explore.SearchOptions{Run: pureGo, Monitor: "loss"})
	if err != nil {
		fmt.Println(err)
		return
	}
	held, err := trained.By("val_loss")
	if err != nil {
		fmt.Println(err)
		return
	}
	small, err := held.At("batch size", "8")
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(held.Columns(), small.Columns(), small.Rows[0].Label("learning rate"))
	// Output:
	// [learning rate batch size median val_loss lowest highest seeds remark] [learning rate median val_loss lowest highest seeds remark] 0.1
}

// Do two schedules differ by more than their seeds? Half of the interval's width is what a seed can do.
func ExamplePaired() {
	points, err := explore.Space{explore.Schedules()}.Grid()
	if err != nil {
		fmt.Println(err)
		return
	}
	table, err := explore.Search(context.Background(), line(), points, explore.SearchOptions{Run: pureGo, Seeds: []int64{1, 2, 3, 4, 5}})
	if err != nil {
		fmt.Println(err)
		return
	}
	row := map[string]explore.Row{}
	for _, r := range table.Rows {
		row[r.Label("schedule")] = r
	}
	d, err := explore.Paired(row["constant"], row["exponential"], 0.95)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println("the exponential schedule ends higher:", d.Low > 0)
	// Output:
	// the exponential schedule ends higher: true
}

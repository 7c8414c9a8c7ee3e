package explorefigure

import (
	"fmt"
	"slices"
	"strconv"

	"example.com/unstuck/pkg/explore"
	"example.com/unstuck/pkg/figure"
)

// Rates is a search over learning rates as a curve: what trainings ended at by their rate, in the form of a range test's, so that both can be
// compared; validation losses, where there are any, dashed. Where other axes vary, too, a rate has its best row's losses. Put what a range
// test suggests into Suggestions, to see where on the curve it stands. It is an error when the table has no axis "learning rate", or one of
// its labels is no number.
func Rates(t explore.Table) (f figure.RangeTest, err error) {
	f.Title, f.YLabel = "Final loss by learning rate", "Final loss"
	if t.Monitor != "loss" && t.Monitor != "val_loss" {
		f.Title, f.YLabel = "Final "+t.Monitor+" by learning rate", "Final "+t.Monitor
		f.Rates, f.Losses, err = byRate(t)
		return f, err
	}
	trained, err := t.By("loss")
	if err != nil {
		return f, err
	}
	if f.Rates, f.Losses, err = byRate(trained); err != nil {
		return f, err
	}
	if held, err := t.By("val_loss"); err == nil {
		_, f.Validation, err = byRate(held)
		return f, err
	}
	return f, nil
}

// byRate are the scores of a table by their rates, which rise.
func byRate(t explore.Table) (rates, scores []float64, err error) {
	const axis = "learning rate"
	g, err := t.Grid(axis, axis)
	if err != nil {
		return nil, nil, err
	}
	score := map[float64]float64{}
	for i, label := range g.X {
		rate, err := strconv.ParseFloat(label, 64)
		if err != nil {
			return nil, nil, fmt.Errorf("explorefigure: rates: the learning rate %q is no number", label)
		}
		rates = append(rates, rate)
		score[rate] = g.Score[i][i]
	}
	slices.Sort(rates)
	for _, rate := range rates {
		scores = append(scores, score[rate])
	}
	return rates, scores, nil
}

package explore

import (
	"context"
	"errors"
	"fmt"
	"math"

	"example.com/unstuck/pkg/training"
)

// HalvingOptions say how [Halve] goes about it. The zero value begins with an eighth of the training's epochs, keeps half of the points
// each time, and searches as [Search] does by default.
type HalvingOptions struct {
	Search SearchOptions // of each round; one file serves them all
	First  int           // epochs of the first round; 0: an eighth of the training's, at least 1
	Factor int           // each round has this many times the epochs of the one before, and one in so many points; at least 2; 0: 2
	// Round is called with what each round found; nil: nothing.
	Round func(epochs int, t Table)
}

// Halve is successive halving (Jamieson and Talwalkar, 2016): it trains all points for few epochs, the better half of them twice as long, and
// so on until the training's epochs, and returns the table of the last round, best first. Points of it count in points, as ever.
//
// Each round trains from the start, so that its numbers are those of a training of so many epochs, with whatever schedule depends on
// them. What needs long to become good is lost. Where half of the points diverge, the other half goes on.
//
// Errors: those of [Search]; a training without epochs; a factor of 1.
func Halve(ctx context.Context, t training.Training, points []Point, o HalvingOptions) (Table, error) {
	o.Factor = or(o.Factor, 2)
	switch {
	case t.Epochs < 1:
		return Table{}, errors.New("explore: halving: the training has no epochs: say how long it is at most")
	case o.Factor < 2:
		return Table{}, fmt.Errorf("explore: halving: factor %d: must be at least 2", o.Factor)
	case o.First < 0 || o.First > t.Epochs:
		return Table{}, fmt.Errorf("explore: halving: %d epochs at first: must be from 1 to the training's %d", o.First, t.Epochs)
	}
	all := t.Epochs
	t.Epochs = or(o.First, max(1, all/8))
	left, places := points, make([]int, len(points))
	for i := range places {
		places[i] = i
	}
	for {
		table, err := Search(ctx, t, left, o.Search)
		for i := range table.Rows {
			r := &table.Rows[i]
			r.Point = places[r.Point]
			for k := range r.Trials {
				r.Trials[k].Point = r.Point
			}
		}
		if err != nil {
			return table, err
		}
		if o.Round != nil {
			o.Round(t.Epochs, table)
		}
		if t.Epochs == all {
			return table, nil
		}
		t.Epochs = nextEpochs(t.Epochs, o.Factor, all)
		keep := max(1, (len(table.Rows)+o.Factor-1)/o.Factor)
		left, places = nil, nil
		for _, r := range table.Rows[:keep] {
			if math.IsNaN(r.Score) && len(left) > 0 {
				break // it diverged already
			}
			left, places = append(left, points[r.Point]), append(places, r.Point)
		}
	}
}

// nextEpochs is how long the next round is: a last one that is hardly longer than the one before is not worth it.
func nextEpochs(now, factor, all int) int {
	if next := now * factor; next <= all/2 || next == all {
		return next
	}
	return all
}

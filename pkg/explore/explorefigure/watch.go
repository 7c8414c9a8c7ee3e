package explorefigure

import (
	"example.com/unstuck/pkg/explore"
	"example.com/unstuck/pkg/figure"
	"example.com/unstuck/pkg/notebook"
)

// WatchRangeTest has a range test show its curve in the output of the cell while it runs, and in the end what [RangeTest] makes of the
// result. In a script nothing is shown. What o.Progress does already, it still does.
//
//	r, err := explore.RangeTest(ctx, m, data, explorefigure.WatchRangeTest(explore.RangeOptions{}))
func WatchRangeTest(o explore.RangeOptions) explore.RangeOptions { return WatchRangeTestOn(nil, o) }

// WatchRangeTestOn is [WatchRangeTest] on a display of the caller's choice; nil is the default one.
func WatchRangeTestOn(d notebook.Display, o explore.RangeOptions) explore.RangeOptions {
	g, own := notebook.Growing{Display: d}, o.Progress
	o.Progress = func(r explore.RangeResult, done bool) {
		if done {
			_ = g.Final(RangeTest(r)) // a test goes on unseen
		} else {
			_ = g.Update(func() figure.Figure {
				if len(r.Rates) < 2 {
					return nil
				}
				return RangeTest(r)
			})
		}
		if own != nil {
			own(r, done)
		}
	}
	return o
}

// WatchSearch has a search show its trials in the output of the cell while they come in, and in the end what [Heatmap] makes of the table
// over these two axes, of [Rates] where x is "learning rate" and y empty, of [Parallel] where there are no such axes. In a script nothing is
// shown. What the functions of o do already, they still do.
//
//	table, err := explore.Search(ctx, t, points, explorefigure.WatchSearch(explore.SearchOptions{}, "learning rate", "batch size"))
func WatchSearch(o explore.SearchOptions, x, y string) explore.SearchOptions {
	return WatchSearchOn(nil, o, x, y)
}

// WatchSearchOn is [WatchSearch] on a display of the caller's choice; nil is the default one.
func WatchSearchOn(d notebook.Display, o explore.SearchOptions, x, y string) explore.SearchOptions {
	g, own := notebook.Growing{Display: d}, o
	var trials []explore.Trial
	o.Known = func(known []explore.Trial) {
		trials = append(trials, known...)
		if own.Known != nil {
			own.Known(known)
		}
	}
	o.Progress = func(done, all int, t explore.Trial) {
		trials = append(trials, t)
		_ = g.Update(func() figure.Figure {
			return searched(explore.TableOf(trials, monitored(own, trials), own.Highest), x, y)
		})
		if own.Progress != nil {
			own.Progress(done, all, t)
		}
	}
	o.Done = func(t explore.Table) {
		if len(t.Rows) > 0 {
			_ = g.Final(searched(t, x, y))
		}
		if own.Done != nil {
			own.Done(t)
		}
	}
	return o
}

func searched(t explore.Table, x, y string) figure.Figure {
	if h, err := Heatmap(t, x, y); err == nil {
		return h
	}
	if f, err := Rates(t); err == nil && x == "learning rate" && y == "" {
		return f
	}
	return Parallel(t)
}

// monitored is what a search with these options looks at.
func monitored(o explore.SearchOptions, trials []explore.Trial) string {
	if o.Monitor != "" {
		return o.Monitor
	}
	for _, t := range trials {
		if len(t.Validation) > 0 {
			return "val_loss"
		}
	}
	return "loss"
}

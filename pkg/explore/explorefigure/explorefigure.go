// Package explorefigure turns what explore finds into figures:
//
//	notebook.Show(explorefigure.RangeTest(result))
package explorefigure

import (
	"fmt"
	"strings"

	"example.com/unstuck/pkg/explore"
	"example.com/unstuck/pkg/figure"
)

// RangeTest is the curve of a learning-rate range test, marked with its suggestions. A test that ended too
// early has fewer of them, or none. Steepest can be a wiggle of the flat part, see
// [explore.RangeResult.Steepest]; the figure shows where it stands.
func RangeTest(r explore.RangeResult) figure.RangeTest {
	f := figure.RangeTest{Rates: r.Rates, Losses: r.Losses, Smoothed: r.Smoothed}
	if r.Stopped != "" {
		f.Subtitle = "Stopped: " + r.Stopped
	}
	for _, s := range r.Suggestions() {
		f.Suggestions = append(f.Suggestions, figure.Suggestion{Name: s.Name, Rate: s.Rate})
	}
	if s := r.Suggested(); s > 0 {
		f.Suggestions = append(f.Suggestions, figure.Suggestion{Name: "suggested", Rate: s})
	}
	return f
}

// Heatmap spreads a search over two of its axes, see [explore.Table.Grid]. Cells of settings that weren't tried are empty. It is an error when the table has
// no such axis.
func Heatmap(t explore.Table, x, y string) (figure.SweepHeatmap, error) {
	g, err := t.Grid(x, y)
	if err != nil {
		return figure.SweepHeatmap{}, err
	}
	return figure.SweepHeatmap{
		Title: "Final " + t.Monitor + " by setting", XName: g.XName, X: g.X, YName: g.YName, Y: g.Y, Loss: g.Score, Tried: g.Tried,
	}, nil
}

// Parallel is a search over any number of axes.
func Parallel(t explore.Table) figure.SweepParallel {
	f := figure.SweepParallel{Subtitle: "Final " + t.Monitor, Settings: t.Axes}
	for _, r := range t.Rows {
		trial := figure.Trial{Loss: r.Score}
		for _, s := range r.Settings {
			trial.Values = append(trial.Values, s.Label)
		}
		f.Runs = append(f.Runs, trial)
	}
	return f
}

// Landscape is the loss on a plane with the path of the training. The subtitle says what the plane is, and how far the path lies from it
// where that is more than a hundredth of its width: there the colours below the path aren't its losses.
func Landscape(l explore.Landscape) figure.Landscape {
	f := figure.Landscape{Subtitle: l.Directions, AName: l.AName, BName: l.BName, A: l.A, B: l.B, Loss: l.Loss}
	beside, where := 0.0, ""
	for _, p := range l.Path {
		f.Path = append(f.Path, figure.Step{A: p.A, B: p.B, Name: p.Name, Loss: p.Loss})
		if p.Beside > beside {
			beside, where = p.Beside, p.Name
		}
	}
	if n := len(l.A); n > 0 && beside > 0.01*(l.A[n-1]-l.A[0]) {
		f.Subtitle += fmt.Sprintf(". The path isn't all in the plane: %s lies %.2g beside it", where, beside)
	}
	return f
}

// Bands compares the loss curves of the table's rows over their seeds, in the table's order.
func Bands(t explore.Table) figure.LossBands {
	var f figure.LossBands
	for _, r := range t.Rows {
		f.Groups = append(f.Groups, figure.Group{Name: name(r), Seeds: r.Curves()})
	}
	return f
}

// name is the labels of a row's settings.
func name(r explore.Row) string {
	labels := make([]string, len(r.Settings))
	for i, s := range r.Settings {
		labels[i] = s.Label
	}
	return strings.Join(labels, ", ")
}

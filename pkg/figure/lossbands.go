package figure

import (
	"fmt"
	"math"
	"strings"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg/draw"
)

// LossBands compares settings over several seeds: the mean loss of each epoch,
// and how far the seeds lie around it. Curves whose bands overlap widely may
// differ by luck alone.
//
// A seed whose loss is not finite in an epoch is left out of that epoch's mean
// and named in a note, because the mean of the survivors looks better than the
// setting is.
type LossBands struct {
	Title    string // default: "Loss by epoch"
	Subtitle string
	YLabel   string // default: "Loss"
	LogY     bool
	Spread   Spread
	Groups   []Group
	Marks    []Reference
}

// Group holds the loss of every epoch for each seed of one setting.
type Group struct {
	Name  string
	Seeds [][]float64 // [seed][epoch]; seeds may end early
	Color Color
}

// Spread says what a band shows.
type Spread int

const (
	// StandardDeviation is one sample standard deviation (n-1) to both sides.
	StandardDeviation Spread = iota
	// MinMax reaches from the lowest to the highest seed.
	MinMax
)

func (s Spread) String() string {
	if s == MinMax {
		return "lowest to highest seed"
	}
	return "mean ± standard deviation"
}

// Draw implements [Figure].
func (l LossBands) Draw(c draw.Canvas) error { return l.frame().draw(c) }

func (l LossBands) frame() frame {
	f := frame{
		title: or(l.Title, "Loss by epoch"), subtitle: l.Subtitle,
		x: axis{label: "Epoch", ticker: func(want int) plot.Ticker { return epochTicks{Want: want} }},
		y: axis{label: or(l.YLabel, "Loss") + logSuffix(l.LogY), log: l.LogY},
	}
	e := newExtent()
	var notes []string
	for i, g := range l.Groups {
		s := g.summary(l.Spread)
		x := countFrom1(len(s.mean))
		mean := newCurve(x, s.mean, l.LogY, g.Color.of(i))
		f.behind = append(f.behind, band{x: x, low: s.low, high: s.high, color: translucent(g.Color.of(i)), log: l.LogY})
		f.marks = append(f.marks, mean)
		e.addCurve(mean)
		for k := range s.mean {
			if !l.LogY || onLog(s.high[k]) {
				e.addY(s.high[k])
			}
			if !l.LogY || onLog(s.low[k]) {
				e.addY(s.low[k])
			}
		}
		label := endLabel{name: g.name(i), color: g.Color.of(i), detail: s.last()}
		if at, ok := mean.last(); ok {
			label.x, label.y, label.hasY = at.X, at.Y, true
		}
		f.ends = append(f.ends, label)
		if s.diverged > 0 {
			notes = append(notes, fmt.Sprintf("%s: %d of %s diverged and left the mean.", g.name(i), s.diverged, plural(len(g.Seeds), "seed")))
		}
	}
	if e.empty() {
		f.ends, f.empty = nil, "no finite loss to show"
		return f
	}
	f.addReferences(&e, l.Marks)
	f.setRange(e)
	f.key = []keyEntry{{label: l.Spread.String(), color: pale(softInk, 0.3), filled: true}}
	f.note = strings.Join(notes, " ")
	return f
}

type seedSummary struct {
	mean, low, high []float64 // by epoch; NaN where no seed is finite
	finalSpread     float64
	diverged        int // seeds with any value that is not finite
}

func (g Group) summary(spread Spread) seedSummary {
	var s seedSummary
	epochs := 0
	for _, seed := range g.Seeds {
		epochs = max(epochs, len(seed))
		if firstBad(seed) > 0 {
			s.diverged++
		}
	}
	for k := range epochs {
		var values []float64
		for _, seed := range g.Seeds {
			if k < len(seed) && finite(seed[k]) {
				values = append(values, seed[k])
			}
		}
		mean, sd, low, high := describe(values)
		if spread == StandardDeviation {
			low, high = mean-sd, mean+sd
		}
		s.mean, s.low, s.high, s.finalSpread = append(s.mean, mean), append(s.low, low), append(s.high, high), sd
	}
	return s
}

// last writes the mean and standard deviation of the last epoch.
func (s seedSummary) last() string {
	if len(s.mean) == 0 {
		return "no epoch"
	}
	return number(s.mean[len(s.mean)-1]) + " ± " + number(s.finalSpread)
}

// describe returns NaN for no values, and a standard deviation of 0 for one.
func describe(values []float64) (mean, sd, low, high float64) {
	if len(values) == 0 {
		return math.NaN(), math.NaN(), math.NaN(), math.NaN()
	}
	low, high = values[0], values[0]
	for _, v := range values {
		mean += v / float64(len(values))
		low, high = min(low, v), max(high, v)
	}
	if len(values) > 1 {
		for _, v := range values {
			sd += (v - mean) * (v - mean) / float64(len(values)-1)
		}
	}
	return mean, math.Sqrt(sd), low, high
}

func (g Group) name(i int) string { return or(g.Name, fmt.Sprintf("setting %d", i+1)) }

// Text implements [Figure].
func (l LossBands) Text() string {
	lines := []string{or(l.Title, "Loss by epoch")}
	for i, g := range l.Groups {
		s := g.summary(l.Spread)
		line := fmt.Sprintf("  %s: loss %s in epoch %d (mean ± standard deviation of %s)", g.name(i), s.last(), len(s.mean), plural(len(g.Seeds), "seed"))
		if s.diverged > 0 {
			line += fmt.Sprintf(", %d diverged", s.diverged)
		}
		lines = append(lines, line)
	}
	if len(l.Groups) == 0 {
		lines = append(lines, "  no runs")
	}
	return strings.Join(append(lines, referenceLines(l.Marks)...), "\n")
}

package figure

import (
	"fmt"
	"image/color"
	"math"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// Histograms shows how a distribution moves over the steps: one column for
// each step, one row for each bin, darker for a larger share of the values.
// It serves activations, gradients and weights alike.
type Histograms struct {
	Title    string // default: "Distribution over time"
	Subtitle string
	YLabel   string // what is distributed; default: "Value"
	Steps    []int
	Edges    []float64   // rising, one more than bins
	Counts   [][]float64 // [k][bin]; only their proportions within a step count

	peak float64 // the share that is darkest; 0: the highest
}

// Draw implements [Figure]. It is an error when Edges do not rise or a step
// has another number of bins.
func (h Histograms) Draw(c draw.Canvas) error {
	f, err := h.frame()
	if err != nil {
		return err
	}
	return f.draw(c)
}

func (h Histograms) frame() (frame, error) {
	f := frame{
		title: or(h.Title, "Distribution over time"), subtitle: h.Subtitle, noGrid: true,
		x: axis{label: "Step", ticker: func(want int) plot.Ticker { return linearTicks{Want: want, Integer: true} }},
		y: axis{label: or(h.YLabel, "Value")},
	}
	n := min(len(h.Steps), len(h.Counts))
	if n == 0 || len(h.Edges) < 2 {
		f.empty = "no histogram was measured"
		return f, nil
	}
	for i := 1; i < len(h.Edges); i++ {
		if !(h.Edges[i] > h.Edges[i-1]) || !finite(h.Edges[i]) || !finite(h.Edges[i-1]) {
			return f, fmt.Errorf("figure: histogram edges must be finite and rise: edge %d is %v after %v", i, h.Edges[i], h.Edges[i-1])
		}
	}
	for k := range n {
		if len(h.Counts[k]) != len(h.Edges)-1 {
			return f, fmt.Errorf("figure: step %d has %s for %d edges", h.Steps[k], plural(len(h.Counts[k]), "bin"), len(h.Edges))
		}
	}
	strip := h.strip()
	n = len(strip.shares)
	if strip.highest() == 0 {
		f.empty = "no value lies within the bins"
		return f, nil
	}
	f.x.lo, f.x.hi = strip.x[0], strip.x[n]
	f.y.lo, f.y.hi = h.Edges[0], h.Edges[len(h.Edges)-1]
	f.marks = []plot.Plotter{strip}
	for _, part := range []float64{0.1, 0.5, 1} {
		entry := keyEntry{label: number(roundTo(100*part*strip.peak, 2)) + "%", color: strip.shade(part * strip.peak), filled: true}
		if part == 1 {
			entry.label += " of the values"
		}
		f.key = append(f.key, entry)
	}
	return f, nil
}

// strip is the picture, of as many columns as can be told apart. It needs as many bins in each step as there are between the edges.
func (h Histograms) strip() heatStrip {
	n := min(len(h.Steps), len(h.Counts))
	strip := heatStrip{edges: h.Edges, x: columnEdges(h.Steps[:n])}
	for k := range n {
		strip.shares = append(strip.shares, shares(h.Counts[k]))
	}
	strip = strip.merged(maxColumns)
	strip.peak = max(h.peak, strip.highest())
	return strip
}

// highest is the largest share; 0 where there is nothing to show.
func (h Histograms) highest() float64 {
	if f, err := h.frame(); err != nil || f.empty != "" {
		return 0
	}
	return h.strip().highest()
}

// columnEdges places the borders of columns halfway between steps.
func columnEdges(steps []int) []float64 {
	n := len(steps)
	edges := make([]float64, n+1)
	for k := 1; k < n; k++ {
		edges[k] = (float64(steps[k-1]) + float64(steps[k])) / 2
	}
	edges[0], edges[n] = float64(steps[0])-0.5, float64(steps[n-1])+0.5
	if n > 1 {
		edges[0] = float64(steps[0]) - (edges[1] - float64(steps[0]))
		edges[n] = float64(steps[n-1]) + (float64(steps[n-1]) - edges[n-1])
	}
	return edges
}

// shares divides by the sum; bins that are negative or not finite count as 0.
func shares(counts []float64) []float64 {
	out := make([]float64, len(counts))
	sum := 0.0
	for i, v := range counts {
		if finite(v) && v > 0 {
			out[i] = v
			sum += v
		}
	}
	for i := range out {
		if sum > 0 {
			out[i] /= sum
		}
	}
	return out
}

type heatStrip struct {
	x, edges []float64
	shares   [][]float64 // [k][bin]
	peak     float64
}

// maxColumns is about one column for 2 points of a default figure's width.
const maxColumns = 200

// merged averages neighbouring columns until at most limit are left.
func (s heatStrip) merged(limit int) heatStrip {
	n := len(s.shares)
	if n <= limit {
		return s
	}
	out := heatStrip{edges: s.edges, x: []float64{s.x[0]}}
	for g := range limit {
		from, to := g*n/limit, (g+1)*n/limit
		mean := make([]float64, len(s.edges)-1)
		for _, column := range s.shares[from:to] {
			for b, v := range column {
				mean[b] += v / float64(to-from)
			}
		}
		out.shares = append(out.shares, mean)
		out.x = append(out.x, s.x[to])
	}
	return out
}

func (s heatStrip) highest() float64 {
	peak := 0.0
	for _, column := range s.shares {
		for _, v := range column {
			peak = max(peak, v)
		}
	}
	return peak
}

// heatLevels is how many shades a strip has. All cells of one shade are one
// path, which keeps an SVG of thousands of cells small.
const heatLevels = 24

func (s heatStrip) Plot(c draw.Canvas, p *plot.Plot) {
	toX, toY := p.Transforms(&c)
	var paths [heatLevels + 1]vg.Path
	for k, column := range s.shares {
		for b := 0; b < len(column); {
			end := b + 1
			for end < len(column) && s.level(column[end]) == s.level(column[b]) {
				end++
			}
			if n := s.level(column[b]); n > 0 {
				// A hair of overlap keeps antialiasing from drawing seams.
				box := rectangle(toX(s.x[k]), toY(s.edges[b]), toX(s.x[k+1])+0.3, toY(s.edges[end])+0.3)
				paths[n].Move(box[0])
				for _, corner := range box[1:] {
					paths[n].Line(corner)
				}
				paths[n].Close()
			}
			b = end
		}
	}
	for n, path := range paths {
		if len(path) > 0 {
			c.SetColor(shadeOf(n))
			c.Fill(path)
		}
	}
}

func shadeOf(level int) color.RGBA { return onScale(heatScale, float64(level)/heatLevels) }

func (s heatStrip) shade(share float64) color.RGBA { return shadeOf(s.level(share)) }

// level is 0 for no values and heatLevels for the peak. The square root lifts
// thin tails, which are what one looks for.
func (s heatStrip) level(share float64) int {
	if share <= 0 || s.peak <= 0 {
		return 0
	}
	return max(1, int(math.Round(heatLevels*math.Sqrt(share/s.peak))))
}

// Text implements [Figure]: the median and the middle 90% at both ends.
func (h Histograms) Text() string {
	head := or(h.Title, "Distribution over time")
	n := min(len(h.Steps), len(h.Counts))
	if n == 0 || len(h.Edges) < 2 {
		return head + "\n  nothing measured"
	}
	at := func(k int) string {
		return fmt.Sprintf("step %d: median %s, 5%% to 95%% from %s to %s", h.Steps[k],
			number(h.quantile(k, 0.5)), number(h.quantile(k, 0.05)), number(h.quantile(k, 0.95)))
	}
	if n == 1 {
		return head + "\n  " + at(0)
	}
	return head + "\n  " + at(0) + "\n  " + at(n-1)
}

// quantile interpolates within a bin; NaN when the step has no values.
func (h Histograms) quantile(k int, q float64) float64 {
	below := 0.0
	for b, share := range shares(h.Counts[k]) {
		if b+1 >= len(h.Edges) {
			break
		}
		if share > 0 && below+share >= q {
			return h.Edges[b] + (h.Edges[b+1]-h.Edges[b])*(q-below)/share
		}
		below += share
	}
	return math.NaN()
}

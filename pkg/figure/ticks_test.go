package figure

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"gonum.org/v1/plot"
)

func labels(ticks []plot.Tick) (out []string) {
	for _, t := range ticks {
		if !t.IsMinor() {
			out = append(out, t.Label)
		}
	}
	return out
}

func TestTicks(t *testing.T) {
	for _, c := range []struct {
		ticker plot.Ticker
		lo, hi float64
		want   []string
	}{
		{linearTicks{Want: 5}, 0, 1, []string{"0", "0.2", "0.4", "0.6", "0.8", "1.0"}},
		{linearTicks{Want: 4}, -0.1, 0.9, []string{"0", "0.25", "0.50", "0.75"}},
		{linearTicks{Want: 5, Integer: true}, 0, 2, []string{"0", "1", "2"}},
		{linearTicks{Want: 4}, 0, 2e-6, []string{"0", "5e-7", "1e-6", "1.5e-6", "2e-6"}},
		{epochTicks{Want: 8}, 1, 5, []string{"1", "2", "3", "4", "5"}},
		{epochTicks{Want: 6}, 1, 100, []string{"1", "20", "40", "60", "80", "100"}},
		{logTicks{Want: 6}, 0.01, 100, []string{"0.01", "0.1", "1", "10", "100"}},
		{logTicks{Want: 5}, 1e-8, 10, []string{"1e-8", "1e-6", "1e-4", "0.01", "1"}},
		{logTicks{Want: 6}, 0.05, 0.6, []string{"0.05", "0.1", "0.2", "0.5"}},
		{logTicks{Want: 6}, 0.5, 60, []string{"0.5", "1", "2", "5", "10", "20", "50"}},
		{logTicks{Want: 6}, 0, 1, nil},
		// Three labels at least, where there are as many round numbers.
		{linearTicks{Want: 3, Integer: true}, 1, 313, []string{"100", "200", "300"}},
		{linearTicks{Want: 3}, 0.6, 1.6, []string{"0.75", "1.00", "1.25", "1.50"}},
		{linearTicks{Want: 3, Integer: true}, 1, 2, []string{"1", "2"}},
		{logTicks{Want: 3}, 2.9e-4, 4, []string{"0.001", "0.01", "0.1", "1"}},
		{logTicks{Want: 3}, 0.0015, 0.2, []string{"0.002", "0.005", "0.01", "0.02", "0.05", "0.1", "0.2"}},
		{logTicks{Want: 4}, 0.11, 0.31, []string{"0.15", "0.20", "0.25", "0.30"}},
		{logTicks{Want: 6}, 0.26, 1.8, []string{"0.3", "0.4", "0.5", "0.6", "0.8", "1"}},
	} {
		assert.Equal(t, c.want, labels(c.ticker.Ticks(c.lo, c.hi)), "%+v from %v to %v", c.ticker, c.lo, c.hi)
	}
}

// With two numbers an axis could be anything.
func TestAnAxisHasThreeNumbers(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for range 2000 {
		low, span, want := math.Pow(10, -6+8*random.Float64()), 0.7+8*random.Float64(), 2+random.IntN(6)
		for _, a := range []axis{{lo: low, hi: low * math.Pow(10, span), log: true}, {lo: low, hi: low * (1 + span)}, {hi: low}} {
			to := plot.New().Y
			a.apply(&to, want)
			numbers := slices.DeleteFunc(labels(to.Tick.Marker.Ticks(a.lo, a.hi)), func(s string) bool { return s == "" })
			assert.GreaterOrEqual(t, len(numbers), 3, "%+v with room for %d", a, want)
		}
	}
}

func TestTicksEndOnEveryRange(t *testing.T) {
	for _, r := range [][2]float64{{0, 1e-300}, {-1e300, 1e300}, {1, 1 + 1e-15}, {1e-300, 1e300}, {5, 5.0000001}} {
		for _, ticker := range []plot.Ticker{linearTicks{Want: 5}, linearTicks{Want: 5, Integer: true}, epochTicks{Want: 5}, logTicks{Want: 5}} {
			for _, tick := range ticker.Ticks(r[0], r[1]) {
				assert.False(t, math.IsNaN(tick.Value))
			}
		}
	}
}

func TestWholeStepsAreRound(t *testing.T) {
	for _, c := range []struct{ rough, step float64 }{{0.1, 1}, {0.24, 1}, {1, 1}, {1.7, 2}, {2.3, 5}, {4, 5}, {23, 25}, {60, 100}} {
		assert.Equal(t, c.step, niceStep(c.rough, true), "%v", c.rough)
	}
}

// Whatever an axis spans, three of its ticks have labels, unless it is of whole numbers and has no three of them, or rounding leaves none.
func TestThreeTicksAtLeast(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 1))
	for range 2000 {
		want, lo := 2+random.IntN(10), math.Pow(10, 8*random.Float64()-4)
		hi := lo * math.Pow(10, 0.5+9*random.Float64())
		for _, ticker := range []plot.Ticker{linearTicks{Want: want}, logTicks{Want: want}} {
			assert.GreaterOrEqual(t, len(labels(ticker.Ticks(lo, hi))), 3, "%+v from %v to %v", ticker, lo, hi)
		}
		first := random.IntN(100)
		last := first + 2 + random.IntN(5000)
		for _, ticker := range []plot.Ticker{linearTicks{Want: want, Integer: true}, epochTicks{Want: want}} {
			assert.GreaterOrEqual(t, len(labels(ticker.Ticks(float64(first), float64(last)))), 3, "%+v from %v to %v", ticker, first, last)
		}
	}
}

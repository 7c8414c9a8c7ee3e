package figure

import (
	"math"
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
		{logTicks{Want: 6}, 0, 1, nil},
	} {
		assert.Equal(t, c.want, labels(c.ticker.Ticks(c.lo, c.hi)), "%+v from %v to %v", c.ticker, c.lo, c.hi)
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

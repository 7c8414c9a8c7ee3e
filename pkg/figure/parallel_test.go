package figure

import (
	"bytes"
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
)

func init() {
	s := SweepParallel{Title: "Random search, 36 runs", Settings: []string{"optimizer", "learning rate", "batch size", "activation"}}
	for i, rate := range []string{"1e-4", "1e-3", "1e-2", "0.1"} {
		for j, opt := range []string{"SGD", "Adam", "RMSprop"} {
			for k, act := range []string{"relu", "tanh", "sigmoid"} {
				loss := 0.08 + 0.05*math.Pow(float64(i)-1.2-0.4*float64(j%2), 2) + 0.03*float64(k) + 0.01*math.Sin(float64(7*i+3*j+k))
				if i == 3 && j == 1 && k == 0 {
					loss = math.NaN()
				}
				s.Runs = append(s.Runs, Trial{Values: []string{opt, rate, []string{"16", "64", "256"}[(i+j+k)%3], act}, Loss: loss})
			}
		}
	}
	goldens["parallel"] = s
	goldens["parallel-empty"] = SweepParallel{}
}

func TestSweepParallelOrdersNumbersBySize(t *testing.T) {
	s := SweepParallel{Settings: []string{"rate"}, Runs: []Trial{{Values: []string{"0.1"}}, {Values: []string{"1e-3"}}, {Values: []string{"10"}}, {Values: []string{"0.1"}}}}
	assert.Equal(t, []string{"1e-3", "0.1", "10"}, s.levels(0))
}

func TestSweepParallelRefusesRunsWithOtherSettings(t *testing.T) {
	err := Render(&bytes.Buffer{}, SweepParallel{Settings: []string{"a", "b"}, Runs: []Trial{{Values: []string{"1"}}}}, PNG)
	assert.EqualError(t, err, "figure: run 1 has 1 value for 2 settings")
}

func TestSweepParallelText(t *testing.T) {
	s := SweepParallel{Settings: []string{"rate", "batch"}, Runs: []Trial{{[]string{"1", "8"}, 0.5}, {[]string{"2", "8"}, math.NaN()}, {[]string{"3", "8"}, 0.2}}}
	assert.Equal(t, "Runs of the sweep\n  3 runs, 1 diverged\n  0.2: rate 3, batch 8\n  0.5: rate 1, batch 8", s.Text())
}

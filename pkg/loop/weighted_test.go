package loop

import (
	"encoding/json"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/gomlx/compute"
	"github.com/stretchr/testify/require"

	"example.com/unstuck/pkg/backend/backendtest"
	"example.com/unstuck/pkg/dataset"
)

// rowLoss is what a loop makes of one row's scores: its part of the loss, and its gradient by them.
type rowLoss func(scores []float64, target float64, row int) (float64, []float64)

// weighted is a recording of steps whose loss and gradient at the outputs are the sums of what each row gives.
func weighted(described string, width, rows int, target func(r *rand.Rand) float64, of rowLoss) *Recording {
	random := rand.New(rand.NewPCG(3, 9))
	r := &Recording{Framework: torchFramework, Loss: json.RawMessage(described)}
	for k := range 5 {
		o, y := dataset.Array{Shape: []int{rows, width}}, dataset.Array{Shape: []int{rows}}
		if width == 1 {
			y.Shape = []int{rows, 1}
		}
		g := dataset.Array{Shape: o.Shape}
		total := 0.0
		for i := range rows {
			scores := make([]float64, width)
			for j := range scores {
				scores[j] = float64(float32(random.NormFloat64()))
				o.Values = append(o.Values, float32(scores[j]))
			}
			t := float64(float32(target(random)))
			y.Values = append(y.Values, float32(t))
			part, by := of(scores, t, k*rows+i)
			total += part
			for _, v := range by {
				g.Values = append(g.Values, float32(v))
			}
		}
		r.Steps = append(r.Steps, Step{Number: k + 1, Arrayed: true, Loss: &total, Forwards: 1, Backwards: 1,
			values: map[string]dataset.Array{"out/0": o, "y": y, "cotangent/0": g}})
	}
	return r
}

func byFactor(by float64, of rowLoss) rowLoss {
	return func(scores []float64, target float64, row int) (float64, []float64) {
		v, g := of(scores, target, row)
		for i := range g {
			g[i] *= by
		}
		return v * by, g
	}
}

func heavier(by func(target float64, row int) float64, of rowLoss) rowLoss {
	return func(scores []float64, target float64, row int) (float64, []float64) {
		return byFactor(by(target, row), of)(scores, target, row)
	}
}

func squaredError(scores []float64, target float64, _ int) (float64, []float64) {
	d := scores[0] - target
	return d * d, []float64{2 * d}
}

func crossEntropy(scores []float64, target float64, _ int) (float64, []float64) {
	total := 0.0
	for _, s := range scores {
		total += math.Exp(s)
	}
	g := make([]float64, len(scores))
	for i, s := range scores {
		g[i] = math.Exp(s) / total
	}
	g[int(target)]--
	return math.Log(total) - scores[int(target)], g
}

// Weights of rows and of classes are told, and losses and gradients compared with them; other losses aren't taken for weighted ones, whatever each row's
// gradient could be multiplied by.
func TestWeightedRows(t *testing.T) {
	const rows = 12
	number := func(r *rand.Rand) float64 { return r.NormFloat64() }
	class := func(r *rand.Rand) float64 { return float64(r.IntN(3)) }
	by := func(_ float64, row int) float64 { return 0.2 + float64(row*7%10)/5 }
	some := func(_ float64, row int) float64 { return float64(row % 2) }
	classes := func(target float64, _ int) float64 { return []float64{1, 3, 9}[int(target)] }
	const mse, none, entropy = `{"class": "MSELoss"}`, `{"class": "MSELoss", "options": {"reduction": "none"}}`, `{"class": "CrossEntropyLoss"}`
	const claimed = `{"class": "CrossEntropyLoss", "options": {"weight": [1, 3, 9]}}`
	for name, c := range map[string]struct {
		described string
		width     int
		target    func(r *rand.Rand) float64
		of        rowLoss
		says      string // empty: nothing
	}{
		"rows":                         {mse, 1, number, heavier(by, byFactor(1./rows, squaredError)), "MSELoss with its rows weighted, by 0.2 to 2 (5 steps)"},
		"rows of what isn't reduced":   {none, 1, number, heavier(by, byFactor(1./rows, squaredError)), "weighted, by 0.2 to 2"},
		"rows, of a sum":               {none, 1, number, heavier(by, squaredError), "weighted, by"},
		"rows that count nothing":      {mse, 1, number, heavier(some, byFactor(1./rows, squaredError)), "by 1, and 30 of 60 count nothing"},
		"rows of classes":              {entropy, 3, class, heavier(by, byFactor(1./rows, crossEntropy)), "CrossEntropyLoss with its rows weighted, by 0.2 to 2"},
		"classes":                      {entropy, 3, class, heavier(classes, byFactor(1./rows, crossEntropy)), "by their targets: those with 0, 1, 2 count 1 : 3 : 9"},
		"not the weights of the claim": {claimed, 3, class, byFactor(1./rows, crossEntropy), "beside the weights that are claimed, by their targets: those with 0, 1, 2 count 9 : 3 : 1"},
		"not weighted":                 {mse, 1, number, byFactor(1./rows, squaredError), ""},
		"a sum":                        {mse, 1, number, squaredError, ""},
		"a half":                       {mse, 1, number, byFactor(0.5/rows, squaredError), ""},
		"some go the other way":        {mse, 1, number, heavier(func(_ float64, row int) float64 { return float64(row%3) - 1 }, byFactor(1./rows, squaredError)), ""},
		"absolute errors": {mse, 1, number, func(s []float64, t float64, _ int) (float64, []float64) {
			return math.Abs(s[0]-t) / rows, []float64{math.Copysign(1./rows, s[0]-t)}
		}, ""},
		"fourth powers": {mse, 1, number, func(s []float64, t float64, _ int) (float64, []float64) {
			d := s[0] - t
			return d * d * d * d / rows, []float64{4 * d * d * d / rows}
		}, ""},
		"a penalty": {mse, 1, number, func(s []float64, t float64, row int) (float64, []float64) {
			v, g := byFactor(1./rows, squaredError)(s, t, row)
			return v + 0.01, g
		}, ""},
		"smoothed labels": {entropy, 3, class, func(s []float64, t float64, row int) (float64, []float64) {
			v, g := crossEntropy(s, t, row)
			for k := range s {
				u, h := crossEntropy(s, float64(k), row)
				v += 0.1 * u
				for i := range h {
					g[i] += 0.1 * h[i]
				}
			}
			for i := range g {
				g[i] /= rows
			}
			return v / rows, g
		}, ""},
		"other targets": {mse, 1, number, func(s []float64, t float64, row int) (float64, []float64) {
			return byFactor(1./rows, squaredError)(s, -t*t, row)
		}, ""},
	} {
		backendtest.Each(t, func(t *testing.T, b compute.Backend) {
			r := weighted(c.described, c.width, rows, c.target, c.of)
			all := &replays{backend: b, steps: make([]replayed, len(r.Steps))}
			for k := range r.Steps {
				all.steps[k].value, all.steps[k].scale = math.NaN(), math.NaN()
				r.replayLoss(&r.Steps[k], &all.steps[k], b, func(text string, _ ...any) { require.Fail(t, text) })
			}
			says := r.weigh(all)
			if c.says == "" {
				require.Empty(t, says, name)
				return
			}
			require.Contains(t, says, c.says, name)
			for k := range r.Steps {
				require.InEpsilon(t, *r.Steps[k].Loss, all.steps[k].value, 1e-4, name)
				require.InDeltaSlice(t, r.Steps[k].values["cotangent/0"].Values, all.steps[k].gradient[0].Values, 1e-4, name)
			}
		})
	}
}

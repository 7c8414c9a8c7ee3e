package loop

import (
	"encoding/json"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/unstuck/pkg/dataset"
)

// pairsOf is a recording of steps of rows; pair says which row's x and which one's target row i of step k has.
func pairsOf(steps, rows int, x func(at int) []float64, y func(at int) float64, pair func(k, i int) (x, y int)) *Recording {
	r := &Recording{Loss: json.RawMessage(`{"class": "MSELoss"}`)}
	for k := range steps {
		var xs, ys []float32
		for i := range rows {
			ofX, ofY := pair(k, i)
			for _, v := range x(ofX) {
				xs = append(xs, float32(v))
			}
			ys = append(ys, float32(y(ofY)))
		}
		r.Steps = append(r.Steps, Step{Number: k + 1, values: map[string]dataset.Array{
			"x": {Shape: []int{rows, len(xs) / rows}, Values: xs}, "y": {Shape: []int{rows}, Values: ys},
		}})
	}
	return r
}

// Targets that are another row's in the same way at each step are found by what x tells of them, and rows with their own, noise and series aren't.
func TestTargetsOfOtherRows(t *testing.T) {
	const steps, rows = 12, 20
	random := rand.New(rand.NewPCG(7, 7))
	features := make([][]float64, (steps+8)*rows)
	noise := make([]float64, len(features))
	for i := range features {
		for range 5 {
			features[i] = append(features[i], random.NormFloat64())
		}
		noise[i] = random.NormFloat64()
	}
	x := func(at int) []float64 { return features[at+3*rows] }
	value := func(at int) float64 { return x(at)[0] + x(at)[1]*0.7 + 0.3*noise[at+3*rows] }
	class := func(at int) float64 { return math.Round(max(0, min(4, value(at)+2))) }
	seasons := func(at int) []float64 {
		return []float64{math.Sin(float64(at) / 9), math.Cos(float64(at) / 9), math.Sin(float64(at) / 31)}
	}
	own := func(k, i int) (int, int) { return k*rows + i, k*rows + i }
	for name, c := range map[string]struct {
		x    func(int) []float64
		y    func(int) float64
		pair func(k, i int) (int, int)
		says string // empty: no finding
		rem  string // empty: no remark
	}{
		"their own":                   {x, value, own, "", ""},
		"classes of their own":        {x, class, own, "", ""},
		"noise":                       {x, func(at int) float64 { return noise[at+3*rows] }, own, "", ""},
		"the batch after":             {x, value, func(k, i int) (int, int) { return k*rows + i, (k+1)*rows + i }, "a step's x has the y of the step before", ""},
		"the batch before":            {x, value, func(k, i int) (int, int) { return k*rows + i, (k-1)*rows + i }, "a step's x has the y of the step after", ""},
		"classes of the batch before": {x, class, func(k, i int) (int, int) { return k*rows + i, (k-1)*rows + i }, "a step's x has the y of the step after", ""},
		"two batches before":          {x, value, func(k, i int) (int, int) { return k*rows + i, (k-2)*rows + i }, "the y of 2 steps after", ""},
		"the next row":                {x, value, func(k, i int) (int, int) { return k*rows + i, k*rows + i + 1 }, "the row before", ""},
		"turned within the batch":     {x, class, func(k, i int) (int, int) { return k*rows + i, k*rows + (i+5)%rows }, "y is turned by 15 of 20 rows", ""},
		"the opposite order":          {x, value, func(k, i int) (int, int) { return k*rows + i, k*rows + rows - 1 - i }, "the opposite order", ""},
		"inputs turned around":        {x, value, func(k, i int) (int, int) { return k*rows + rows - 1 - i, k*rows + i }, "the opposite order", ""},
		"all rows in one other order": {x, value, func(k, i int) (int, int) { return k*rows + i, (k*rows + i) * 101 % (steps * rows) }, "", ""}, // can't be told from noise
		"the same rows at each step":  {x, value, func(k, i int) (int, int) { return i, (i + 1) % rows }, "", ""},                               // too few different ones
		"what comes next, and x tells what is": {func(at int) []float64 { return seasons(at) }, func(at int) float64 { return noise[at+3*rows] },
			own, "", ""},
		"a series that has what was": {func(at int) []float64 { return []float64{noise[at+3*rows-1], noise[at+3*rows-2]} }, func(at int) float64 { return noise[at+3*rows] },
			own, "", "the row before"},
	} {
		r := pairsOf(steps, rows, c.x, c.y, c.pair)
		f, remark := otherRows(r)
		if c.says == "" {
			require.Nil(t, f, "%s: %+v", name, f)
		} else {
			require.NotNil(t, f, name)
			require.Equal(t, MisalignedTargets, f.Cause)
			require.Contains(t, f.Evidence, c.says, name)
		}
		require.Equal(t, c.rem != "", remark != "", "%s: %s", name, remark)
		require.Contains(t, remark, c.rem, name)
		r.Loss = nil
		f, remark = otherRows(r)
		require.Nil(t, f, "what y is isn't claimed")
		require.Empty(t, remark)
	}
}

// Over many draws of noise nothing is found.
func TestNoiseHasNoOtherRows(t *testing.T) {
	for seed := range uint64(60) {
		random := rand.New(rand.NewPCG(seed, 3))
		rows := 6 + random.IntN(40)
		columns := 1 + random.IntN(12)
		r := pairsOf(12, rows, func(int) []float64 {
			v := make([]float64, columns)
			for c := range v {
				v[c] = math.Exp(random.NormFloat64()) // few far ones, as measurements have
			}
			return v
		}, func(int) float64 {
			if seed%2 == 0 {
				return float64(random.IntN(3) / 2)
			}
			return math.Exp(random.NormFloat64())
		}, func(k, i int) (int, int) { return 0, 0 })
		f, remark := otherRows(r)
		require.Nil(t, f, "seed %d", seed)
		require.Empty(t, remark, "seed %d", seed)
	}
}

// An array that the program reorders alone is named where x tells nothing of y, and only there.
func TestOneArrayInAnotherOrder(t *testing.T) {
	random := rand.New(rand.NewPCG(11, 1))
	var features [][]float64
	for range 240 {
		features = append(features, []float64{random.NormFloat64(), random.NormFloat64()})
	}
	x := func(at int) []float64 { return features[at] }
	y := func(at int) float64 { return features[at][0] - features[at][1] }
	order := random.Perm(len(features))
	place := Place{Kind: "alone", Line: Line{File: "train.py", Line: 4, Text: "X = X[torch.randperm(len(X))]"}, Names: []string{"X"}}
	for name, c := range map[string]struct {
		rows   int
		pair   func(at int) int
		source *Source
		named  bool
	}{
		"reordered":                       {20, func(at int) int { return order[at] }, &Source{Places: []Place{place}}, true},
		"and nothing in the program":      {20, func(at int) int { return order[at] }, &Source{}, false},
		"and no program":                  {20, func(at int) int { return order[at] }, nil, false},
		"too few rows to tell":            {6, func(at int) int { return order[at] }, &Source{Places: []Place{place}}, false},
		"in the program, and y follows x": {20, func(at int) int { return at }, &Source{Places: []Place{place}}, false},
	} {
		r := pairsOf(12, c.rows, x, y, func(k, i int) (int, int) { return k*c.rows + i, c.pair(k*c.rows + i) })
		r.Source = c.source
		f, _ := otherRows(r)
		require.Equal(t, c.named, f != nil, name)
		if f != nil {
			require.Contains(t, f.Evidence, "puts X in another order")
			findings := []Finding{*f}
			r.locate(findings)
			require.Equal(t, 4, findings[0].Line.Line)
		}
	}
}

// What is proved with is each row with the target that belongs to it; rows without one are left out.
func TestBatchesWithTheirOwnTargets(t *testing.T) {
	batch := func(from float32) dataset.Data {
		return dataset.Of([]dataset.Array{{Shape: []int{2, 1}, Values: []float32{from, from + 1}}}, []dataset.Array{{Shape: []int{2, 1}, Values: []float32{10 * from, 10 * (from + 1)}}})
	}
	batches := map[int]dataset.Data{3: batch(1), 5: batch(3)}
	mended, err := (&pairs{[]int{3, 5}, 2, []int{-1, 0, 1, 2}}).mended(batches)
	require.NoError(t, err)
	require.Equal(t, []float32{2}, mended[3].X.Values)
	require.Equal(t, []float32{10}, mended[3].Outputs()[0].Values)
	require.Equal(t, []float32{3, 4}, mended[5].X.Values)
	require.Equal(t, []float32{20, 30}, mended[5].Outputs()[0].Values)
	_, err = (&pairs{[]int{3, 4}, 2, []int{0, 1, 2, 3}}).mended(batches)
	require.Error(t, err, "a step of which no batch is known")
	_, err = (&pairs{[]int{3}, 2, []int{-1, -1}}).mended(batches)
	require.Error(t, err, "no row has a target")
}

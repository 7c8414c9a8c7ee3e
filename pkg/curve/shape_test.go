package curve_test

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/unstuck/pkg/curve"
)

// drawn are n values of f, of the share of the way from 0 to 1, with noise of that deviation around them.
func drawn(n int, noise float64, seed uint64, f func(at float64) float64) []float64 {
	r := rand.New(rand.NewPCG(seed, 1))
	values := make([]float64, n)
	for i := range values {
		values[i] = f(float64(i)/float64(max(1, n-1))) + noise*r.NormFloat64()
	}
	return values
}

// Each kind of curve, long and short, smooth and noisy, from many seeds: how often it is called what it is.
func TestShapesAreToldApart(t *testing.T) {
	for name, c := range map[string]struct {
		f     func(float64) float64
		wants curve.Shape
		noise float64 // the largest that it is seen through, in every one of 20 values; four times that in 1,000
	}{
		"flat":                   {func(float64) float64 { return 0.6931 }, curve.Flat, 0.3},
		"flat and large":         {func(float64) float64 { return 5e4 }, curve.Flat, 2e4},
		"a quick fall":           {func(x float64) float64 { return 0.3 + 2*math.Exp(-30*x) }, curve.FellThenFlat, 0.02},
		"a fall to a third":      {func(x float64) float64 { return 0.5 + max(0, 1-3*x) }, curve.FellThenFlat, 0.02},
		"a straight fall":        {func(x float64) float64 { return 2 - x }, curve.StillFalling, 0.05},
		"a fall by magnitudes":   {func(x float64) float64 { return math.Exp(-8 * x) }, curve.StillFalling, 1e-6},
		"a fall by shares":       {func(x float64) float64 { return 0.4 * math.Exp(-7*x) }, curve.StillFalling, 0},
		"a slow fall":            {func(x float64) float64 { return 1 - 0.2*x }, curve.StillFalling, 0.01},
		"a rise":                 {func(x float64) float64 { return 1 + 2*x }, curve.Rose, 0.05},
		"a rise without bounds":  {func(x float64) float64 { return math.Exp(20 * x) }, curve.Rose, 0.05},
		"a fall and a rise":      {func(x float64) float64 { return 0.5 + 4*(x-0.5)*(x-0.5) }, curve.FellThenRose, 0.03},
		"a fall and a long rise": {func(x float64) float64 { return 0.4 + math.Abs(x-0.3) }, curve.FellThenRose, 0.01},
		"below zero":             {func(x float64) float64 { return -1 - x }, curve.StillFalling, 0.05},
	} {
		t.Run(name, func(t *testing.T) {
			for _, n := range []int{6, 20, 50, 200, 1000, 5000} {
				for _, share := range []float64{0, 0.5, 1} {
					if n < 20 && (share > 0 || c.wants == curve.FellThenRose) {
						continue // of six values that are noisy or turn nobody can tell
					}
					right := 0
					const runs = 40
					for seed := range uint64(runs) {
						got := curve.ShapeOf(curve.Series{Name: "loss", Values: drawn(n, share*c.noise, seed, c.f)})
						if got.Shape == c.wants {
							right++
						} else if testing.Verbose() {
							t.Logf("n %d noise %g seed %d: %s %s", n, share*c.noise, seed, got.Shape, got.Sentence)
						}
					}
					require.GreaterOrEqual(t, right, runs*90/100, "%d values, noise %g: %d of %d", n, share*c.noise, right, runs)
				}
			}
		})
	}
}

func TestAFallWithinAFewStepsIsSeen(t *testing.T) {
	values := drawn(1000, 0.01, 1, func(float64) float64 { return 0.7 })
	values[0], values[1] = 2.3, 1.4
	got := curve.ShapeOf(curve.Series{Name: "loss", Axis: "step", Values: values})
	require.Equal(t, curve.FellThenFlat, got.Shape)
	require.Equal(t, "step 3", got.From)
	require.Contains(t, got.Sentence, "fell from 2.3 and has been flat since step 3: 0.6998, over 100% of the run")
}

func TestPlacesAreThoseOfTheLog(t *testing.T) {
	values := []float64{1, 0.9, 0.8, math.NaN(), math.NaN()}
	got := curve.ShapeOf(curve.Series{Name: "loss", Axis: "step", At: []float64{10, 20, 30, 40, 50}, Values: values})
	require.Equal(t, curve.NotFinite, got.Shape)
	require.Equal(t, "is NaN from step 40 on; before that it was 1, 0.9, 0.8", got.Sentence)

	got = curve.ShapeOf(curve.Series{Name: "loss", Values: []float64{math.Inf(1)}})
	require.Equal(t, "is infinite from its first value on", got.Sentence)
}

// A loss that falls at every value isn't flat, however few there are; one hole is no end; a plateau's share goes by the axis.
func TestShortCurves(t *testing.T) {
	for _, values := range [][]float64{{0.914, 0.726, 0.617, 0.545, 0.494, 0.456}, {0.9, 0.8, 0.7, 0.65, 0.6, 0.58, 0.55}} {
		require.Equal(t, curve.StillFalling, curve.ShapeOf(curve.Series{Name: "loss", Values: values}).Shape)
	}
	nan := math.NaN()
	s := curve.Series{Name: "val_loss", Axis: "epoch", Values: []float64{nan, 0.9, 0.8, nan, 0.7, 0.6, 0.5, 0.4}}
	require.Equal(t, curve.StillFalling, curve.ShapeOf(s).Shape)
	r, err := curve.Read(t.Context(), []curve.Series{s})
	require.NoError(t, err)
	require.Contains(t, r.Seen, "val_loss is no number at 2 of 8 places, and is one again behind them: epoch 1, epoch 4")

	sparse := curve.Series{Name: "loss", Axis: "epoch", At: []float64{0, 10, 20, 30, 40, 50, 60, 70, 80, 90, 100}, Values: []float64{2, 1.5, 1, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5}}
	got := curve.ShapeOf(sparse)
	require.Equal(t, "epoch 30", got.From)
	require.Contains(t, got.Sentence, "over 70% of the run")
}

func TestFewValuesSayNothing(t *testing.T) {
	for n := range 5 {
		got := curve.ShapeOf(curve.Series{Name: "loss", Values: make([]float64, n)})
		require.Equal(t, curve.TooShort, got.Shape)
	}
}

// No values, however odd, make it fail or say nothing.
func FuzzShapeOf(f *testing.F) {
	f.Add([]byte{1, 2, 3, 4, 5, 6, 7, 8, 9}, 1.0)
	f.Add([]byte{255, 0, 255, 0, 255, 0, 255}, 1e308)
	f.Fuzz(func(t *testing.T, steps []byte, scale float64) {
		s := curve.Series{Name: "loss"}
		for _, b := range steps {
			s.Values = append(s.Values, (float64(b)-100)*scale)
		}
		got := curve.ShapeOf(s)
		require.NotEmpty(t, got.Sentence)
		r, err := curve.Read(t.Context(), []curve.Series{s, {Name: "val_loss", Values: s.Values}})
		require.NoError(t, err)
		require.NotContains(t, r.Text(), "healthy")
	})
}

package doctor_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/unstuck/pkg/doctor"
	"example.com/unstuck/pkg/loss"
	"example.com/unstuck/pkg/nn"
)

// What float32 can't hold of a single feature among ordinary ones is named, whatever of it is the fault: its size, its smallness, its
// distance from 0. The features are named, and standardizing is printed in float64.
func TestFeaturesThatFloat32CantHold(t *testing.T) {
	for name, c := range map[string]struct {
		change func(float32) float32
		says   string
	}{
		"huge":                       {func(v float32) float32 { return 1e19 * v }, "1 feature is larger than 1e17, the first feature 1"},
		"huge and far from 0":        {func(v float32) float32 { return 1e19 + 1e18*v }, "1 feature is larger than 1e17"},
		"huge, its squares not yet":  {func(v float32) float32 { return 3e17 * v }, "1 feature is larger than 1e17"},
		"huge and below 0":           {func(v float32) float32 { return -4e18 + 1e17*v }, "1 feature is larger than 1e17"},
		"constant and huge":          {func(float32) float32 { return 1e20 }, "1 feature is larger than 1e17"},
		"tiny":                       {func(v float32) float32 { return 1e-30 * v }, "1 feature is smaller than 1e-17, the first feature 1"},
		"tiny, its squares just not": {func(v float32) float32 { return 1e-18 * v }, "1 feature is smaller than 1e-17"},
		"a few steps":                {func(v float32) float32 { return 1e9 + 60*v }, "feature 1 is near 1e9"},
		"a few steps, not so far":    {func(v float32) float32 { return 1e4 + 2e-3*v }, "feature 1 is near 1e4"},
	} {
		t.Run(name, func(t *testing.T) {
			given := rings(2, nn.Sigmoid{}, loss.BinaryCrossentropy{})
			for i := 0; i < len(given.Data.X.Values); i += 2 {
				given.Data.X.Values[i] = c.change(given.Data.X.Values[i])
			}
			r, err := doctor.Examine(context.Background(), given, doctor.Options{})
			require.NoError(t, err)
			require.Empty(t, r.AgainstItself())
			text := ""
			for _, s := range r.Symptoms {
				if s.Cause == doctor.NumericRange {
					require.Equal(t, doctor.Strong, s.Strength)
					text += s.Text
				}
			}
			require.Contains(t, text, c.says)
			require.Equal(t, doctor.NumericRange, r.Cause, r.Verdict())
			require.Contains(t, r.Findings[0].Treatment.Keras, `dtype="float64"`)
		})
	}
}

// Where rounding has left nothing to learn both are said: that it has, and that there is nothing left.
func TestRoundedAway(t *testing.T) {
	given := rings(2, nn.Sigmoid{}, loss.BinaryCrossentropy{})
	for i := range given.Data.X.Values {
		given.Data.X.Values[i] = 4e9 + 1e9*float32(i/2%4)
	}
	r, err := doctor.Examine(context.Background(), given, doctor.Options{})
	require.NoError(t, err)
	require.Equal(t, doctor.NoSignal, r.Cause, "numbers that differ by more than rounding take, and say nothing: %s", r.Verdict())

	given = rings(2, nn.Sigmoid{}, loss.BinaryCrossentropy{})
	for i := range given.Data.X.Values {
		given.Data.X.Values[i] = 4e9 + 256*float32(i/2%4)
	}
	r, err = doctor.Examine(context.Background(), given, doctor.Options{})
	require.NoError(t, err)
	require.Len(t, r.Findings, 2, r.Verdict())
	require.Equal(t, doctor.NumericRange, r.Cause)
	require.Equal(t, doctor.NoSignal, r.Findings[1].Cause)
	require.False(t, r.Findings[0].Verified)
	require.Contains(t, r.Remark, "read the numbers in float64")
}

// What is of another size and fits in float32 is no case of it: constants, codes, neighbours that rounding makes of one number.
func TestFeaturesThatFloat32Holds(t *testing.T) {
	for name, change := range map[string]func(i int, v float32) float32{
		"millions":              func(_ int, v float32) float32 { return 1e6 * v },
		"a year in seconds":     func(_ int, v float32) float32 { return 1.6e9 + 1e7*v },
		"billionths":            func(_ int, v float32) float32 { return 1e-9 * v },
		"constant":              func(int, float32) float32 { return 1e9 },
		"neighbours":            func(i int, _ float32) float32 { return []float32{0.1, 0.10000001}[i/2%2] },
		"most are 0":            func(i int, v float32) float32 { return map[bool]float32{true: v}[i%22 == 0] },
		"codes far from 0":      func(i int, _ float32) float32 { return float32(70000 + i%5) },
		"constant and ordinary": func(int, float32) float32 { return 0 },
	} {
		t.Run(name, func(t *testing.T) {
			given := rings(2, nn.Sigmoid{}, loss.BinaryCrossentropy{})
			for i := 0; i < len(given.Data.X.Values); i += 2 {
				given.Data.X.Values[i] = change(i, given.Data.X.Values[i])
			}
			given.Epochs = 2
			r, err := doctor.Examine(context.Background(), given, doctor.Options{})
			require.NoError(t, err)
			for _, s := range r.Symptoms {
				require.NotEqual(t, doctor.NumericRange, s.Cause, s.Text)
			}
		})
	}
}

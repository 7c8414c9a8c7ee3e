package curve_test

import (
	"context"
	"math"
	"slices"
	"strings"
	"testing"
	"unicode"

	"github.com/stretchr/testify/require"

	"example.com/unstuck/pkg/curve"
)

func seen(t *testing.T, all ...curve.Series) []string {
	r, err := curve.Read(context.Background(), all)
	require.NoError(t, err)
	return r.Seen
}

func TestWhatStandsOut(t *testing.T) {
	fall := func(x float64) float64 { return 0.2 + math.Exp(-5*x) }
	loss := curve.Series{Name: "loss", Axis: "epoch", Values: drawn(60, 0.002, 1, fall)}
	for name, c := range map[string]struct {
		all   []curve.Series
		wants string
	}{
		"one number": {[]curve.Series{{Name: "loss", Values: drawn(30, 0, 1, func(float64) float64 { return 0.25 })}},
			"loss is the same number to the last digit, 30 times"},
		"the same again": {[]curve.Series{{Name: "loss", Values: []float64{1, 2, 3.5, 1, 2, 3.5, 1, 2, 3.5, 1, 2, 3.5}}},
			"loss repeats itself to the last digit after 3 values"},
		"ln 10": {[]curve.Series{{Name: "loss", Values: drawn(300, 0.02, 3, func(float64) float64 { return math.Log(10) })}},
			"which is ln 10 = 2.303"},
		"a swing": {[]curve.Series{{Name: "loss", Values: drawn(400, 0.02, 3, func(x float64) float64 { return 1 + 0.3*math.Sin(2*math.Pi*399*x/25) })}},
			"with a period of 25 values"},
		"to and fro": {[]curve.Series{{Name: "loss", Values: drawn(50, 0.01, 3, func(x float64) float64 { return 1 + 0.4*math.Cos(math.Pi*49*x) })}},
			"with a period of 2 values"},
		"by heart": {[]curve.Series{loss, {Name: "val_loss", Axis: "epoch", Values: drawn(60, 0.002, 2, func(x float64) float64 { return 0.5 + 3*(x-0.3)*(x-0.3) })}},
			"from there on the model overfits"},
		"held out and flat": {[]curve.Series{loss, {Name: "val_loss", Axis: "epoch", Values: drawn(60, 0.01, 2, func(float64) float64 { return 1.2 })}},
			"loss falls and val_loss never moved"},
		"a gap": {[]curve.Series{loss, {Name: "val_loss", Axis: "epoch", Values: drawn(60, 0.002, 2, func(x float64) float64 { return 0.4 + math.Exp(-5*x) })}},
			"times loss ("},
		"NaN held out": {[]curve.Series{loss, {Name: "val_loss", Values: []float64{math.NaN(), math.NaN()}}}, "Only val_loss stops being a number"},
		"no rate":      {[]curve.Series{loss, {Name: "lr-Adam", Axis: "epoch", Values: []float64{1e-3, 5e-4, 1e-7, 0}}}, "since epoch 3: from there on hardly anything moves"},
		"rate 0":       {[]curve.Series{loss, {Name: "learning_rate", Values: []float64{0, 0, 0}}}, "learning_rate is 0 all along"},
		"no gradient":  {[]curve.Series{loss, {Name: "grad_norm", Values: []float64{0, 0, 0, 1}}}, "grad_norm is 0 in 3 of 4 values"},
		"a jump": {[]curve.Series{{Name: "loss", Axis: "step", Values: append(append(drawn(40, 0.01, 3, func(float64) float64 { return 1 }), 9), drawn(40, 0.01, 4, func(float64) float64 { return 1 })...)}},
			"first at step 41 to 9"},
	} {
		t.Run(name, func(t *testing.T) {
			found := false
			all := seen(t, c.all...)
			for _, s := range all {
				found = found || contains(s, c.wants)
			}
			require.True(t, found, "%q is not among %q", c.wants, all)
		})
	}
}

func contains(s, part string) bool {
	for i := 0; i+len(part) <= len(s); i++ {
		if s[i:i+len(part)] == part {
			return true
		}
	}
	return false
}

// Noise has no period, and a smooth fall stands out in nothing.
func TestNothingStandsOutOfWhatIsOrdinary(t *testing.T) {
	for seed := range uint64(100) {
		for _, n := range []int{8, 20, 100, 1000} {
			flat := curve.Series{Name: "loss", Values: drawn(n, 0.05, seed, func(float64) float64 { return 1 })}
			require.Empty(t, seen(t, flat), "flat, %d values, seed %d", n, seed)
			fall := curve.Series{Name: "loss", Values: drawn(n, 0.01, seed, func(x float64) float64 { return 0.3 + math.Exp(-4*x) })}
			require.Empty(t, seen(t, fall), "falling, %d values, seed %d", n, seed)
		}
	}
}

func TestWithoutALoss(t *testing.T) {
	_, err := curve.Read(context.Background(), []curve.Series{{Name: "accuracy"}, {Name: "f1"}})
	require.ErrorIs(t, err, curve.ErrNoLoss)
	require.ErrorContains(t, err, "it has accuracy, f1")

	_, err = curve.Read(context.Background(), []curve.Series{{Name: "val_accuracy", Values: []float64{0.1, 0.5, 0.9}}})
	require.ErrorIs(t, err, curve.ErrNoLoss, "more of it is better")

	r, err := curve.Read(context.Background(), []curve.Series{{Name: "kosten", Values: []float64{3, 2, 1}}})
	require.NoError(t, err)
	require.Equal(t, "kosten", r.Training.Name, "a single series is the loss")
}

func TestWhichSeriesIsRead(t *testing.T) {
	r, err := curve.Read(context.Background(), []curve.Series{
		{Name: "train_loss_step"}, {Name: "train_loss_epoch"}, {Name: "head_train_loss_epoch"}, {Name: "Loss/validation"}, {Name: "accuracy"},
	})
	require.NoError(t, err)
	require.Equal(t, "train_loss_epoch", r.Training.Name)
	require.Equal(t, "Loss/validation", r.Validation.Name)
	require.Contains(t, r.Seen, "Not described are the other losses in it: train_loss_step, head_train_loss_epoch")
}

// A sentence begins with the name of a column, as the log has it, or with a capital.
func TestSentencesBeginInCapitals(t *testing.T) {
	all := []curve.Series{
		{Name: "loss", Values: drawn(40, 0.001, 1, func(x float64) float64 { return 0.2 + math.Exp(-5*x) })},
		{Name: "val_loss", Values: drawn(40, 0.001, 2, func(x float64) float64 { return 0.6 + math.Exp(-5*x) })},
		{Name: "out_loss", Values: drawn(40, 0.001, 3, func(float64) float64 { return 1 })},
		{Name: "lr", Values: drawn(40, 0, 1, func(float64) float64 { return 0 })},
	}
	sentences := append(seen(t, all...), seen(t, all[0], curve.Series{Name: "val_loss", Values: []float64{math.NaN()}})...)
	require.GreaterOrEqual(t, len(sentences), 5)
	for _, s := range sentences {
		first, _, _ := strings.Cut(s, " ")
		named := slices.ContainsFunc(all, func(one curve.Series) bool { return one.Name == first })
		require.True(t, named || unicode.IsUpper([]rune(s)[0]), s)
	}
}

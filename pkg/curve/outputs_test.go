package curve_test

import (
	"math"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/unstuck/pkg/curve"
)

// TestHistoryOfOutputs has a sum that falls with an output's loss that doesn't, and healthy ones, of which nothing is said.
func TestHistoryOfOutputs(t *testing.T) {
	falls := func(x float64) float64 { return 0.2 + math.Exp(-3*x) }
	stays := func(float64) float64 { return math.Ln2 }
	log := func(b func(float64) float64) []curve.Series {
		sum := func(x float64) float64 { return falls(x) + b(x) }
		return []curve.Series{
			{Name: "loss", Axis: "epoch", Values: drawn(40, 0.001, 1, sum)},
			{Name: "out_a_loss", Axis: "epoch", Values: drawn(40, 0.001, 2, falls)},
			{Name: "out_b_loss", Axis: "epoch", Values: drawn(40, 0.001, 3, b)},
			{Name: "val_out_b_loss", Axis: "epoch", Values: drawn(40, 0.001, 4, b)},
		}
	}
	lines := func(b func(float64) float64) (said []string) {
		for _, s := range seen(t, log(b)...) {
			if strings.HasPrefix(s, "Flat from the start among the other losses") {
				said = append(said, s)
			}
		}
		return said
	}
	require.Len(t, lines(stays), 1)
	require.Contains(t, lines(stays)[0], "out_b_loss (0.69")
	require.NotContains(t, lines(stays)[0], "out_a_loss")
	require.Empty(t, lines(falls))
}

// What is 0 all along, and what a loss is multiplied by, is no loss that is stuck.
func TestHistoryOfConstantsThatAreNoLoss(t *testing.T) {
	for _, c := range []struct {
		name  string
		value float64
	}{{"aux_loss", 0}, {"loss_scale", 65536}, {"train/loss_weight", 0.3}} {
		loss := curve.Series{Name: "loss", Values: drawn(40, 0.001, 1, func(x float64) float64 { return math.Exp(-x) })}
		constant := curve.Series{Name: c.name, Values: drawn(40, 0, 1, func(float64) float64 { return c.value })}
		for _, s := range seen(t, loss, constant) {
			require.NotContains(t, s, "flat from the start", c.name)
		}
	}
}

package curve_test

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/unstuck/pkg/curve"
)

// A validation loss that has come down and turns up by some percent at its end rises, however far it fell before.
func TestARiseThatIsSmallBesideTheFall(t *testing.T) {
	validation := curve.Series{Name: "val_loss", Axis: "epoch", Values: []float64{
		2.794, 2.462, 2.16, 1.886, 1.676, 1.5, 1.334, 1.222, 1.129, 0.9996, 0.9146, 0.9106, 0.8901, 0.9015, 0.8814, 0.8883, 0.8979, 0.9054, 0.9412, 0.9437}}
	got := curve.ShapeOf(validation)
	require.Equal(t, curve.FellThenRose, got.Shape)
	require.Equal(t, "fell from 2.794 to 0.8814 at epoch 15, then rose to 0.9437", got.Sentence)
	training := curve.Series{Name: "loss", Axis: "epoch", Values: drawn(20, 0, 1, func(x float64) float64 { return 2.7 * math.Exp(-1.8*x) })}
	require.Contains(t, seen(t, training, validation), "val_loss was lowest around epoch 15, 0.8814, and has risen to 0.9437 while loss went on to 0.4463: from there on the model overfits")

	// The rise from 2% of the level on, for levels, lengths and falls of many sizes.
	for _, scale := range []float64{1e-3, 1, 1e4} {
		for _, n := range []int{15, 20, 60, 500} {
			for _, rise := range []float64{0.03, 0.06, 0.2} {
				f := func(x float64) float64 { return scale * (0.4 + 2*math.Exp(-20*x) + max(0, x-0.6)/0.4*0.4*rise) }
				got := curve.ShapeOf(curve.Series{Name: "val_loss", Values: drawn(n, 1e-4*scale, 1, f)})
				require.Equal(t, curve.FellThenRose, got.Shape, "%g × %d, by %g: %s", scale, n, rise, got.Sentence)
			}
		}
	}
	got = curve.ShapeOf(curve.Series{Name: "loss", Values: drawn(40, 0.001, 1, func(x float64) float64 { return 0.69 + max(0, x-0.6)*0.1 })})
	require.Equal(t, curve.Rose, got.Shape, got.Sentence)
}

// Noise is no rise: of curves that are flat, from their start or from a fall on, hardly one in three hundred is said to rise.
func TestNoiseIsNoRise(t *testing.T) {
	all := 0
	const runs = 2000
	for name, f := range map[string]func(float64) float64{
		"flat":          func(float64) float64 { return 0.9 },
		"behind a fall": func(x float64) float64 { return 0.9 + 2*math.Exp(-30*x) },
	} {
		for _, n := range []int{8, 12, 20, 30, 100, 600} {
			for _, noise := range []float64{0.005, 0.03, 0.1} {
				rose := 0
				for seed := range uint64(runs) {
					switch curve.ShapeOf(curve.Series{Name: "val_loss", Values: drawn(n, noise, seed, f)}).Shape {
					case curve.FellThenRose, curve.Rose:
						rose++
					}
				}
				require.LessOrEqual(t, rose, runs*8/1000, "%s, %d values, noise %g", name, n, noise)
				all += rose
			}
		}
	}
	require.LessOrEqual(t, all, 2*6*3*runs/300)
}

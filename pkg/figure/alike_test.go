package figure

import (
	"fmt"
	"math"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func init() {
	plain, curved := valley(15), valley(15)
	plain.Title, curved.Title = "A plain", "A valley"
	for b := range plain.Loss {
		for a := range plain.Loss[b] {
			plain.Loss[b][a] = 5 + 0.01*float64(a)
		}
	}
	goldens["alike-landscapes"] = Alike(plain, curved)
	steps := []int{1, 2, 3}
	goldens["alike"] = Alike(
		Histograms{Title: "Narrow", Steps: steps, Edges: []float64{0, 1, 2, 3}, Counts: [][]float64{{0, 9, 1}, {0, 8, 2}, {1, 8, 1}}},
		Histograms{Title: "Wide", Steps: steps, Edges: []float64{-1, 0, 1, 2, 3, 4}, Counts: [][]float64{{2, 2, 2, 2, 2}, {2, 3, 2, 2, 1}, {2, 2, 3, 2, 1}}},
	)
}

func ExampleAlike() {
	slow := LossCurves{Title: "Adam, 1e-7", YLabel: "Mean squared error", Runs: []Run{{Name: "loss", Train: []float64{0.48, 0.479}}}}
	good := LossCurves{Title: "Adam, 1e-3", YLabel: "Mean squared error", Runs: []Run{{Name: "loss", Train: []float64{0.185, 0.081}}}}
	both := Alike(slow, good) // in a picture of its own, the first one's tiny change would fill its axis
	fmt.Println(both.Text())
	// Output:
	// Adam, 1e-7
	//   loss: loss 0.48 → 0.479 in 2 epochs
	// Adam, 1e-3
	//   loss: loss 0.185 → 0.081 in 2 epochs
}

func TestAlikeAxesEndAtTheSameValues(t *testing.T) {
	names, steps, small := layers(1e-4, 1, 0)
	_, _, large := layers(10, 1, 0)
	a, b := GradientNorms{Layers: names, Steps: steps, Norms: small}, GradientNorms{Layers: names, Steps: steps[:5], Norms: large}
	other := UpdateRatios{Layers: names, Steps: steps, Ratios: small}
	g := Alike(a, b, other)
	require.Len(t, g.Panels, 3)
	first, _ := frameOf(g.Panels[0])
	second, _ := frameOf(g.Panels[1])
	third, _ := frameOf(g.Panels[2])
	assert.Equal(t, a.frame().y.lo, first.y.lo)
	assert.Equal(t, b.frame().y.hi, first.y.hi)
	assert.Equal(t, [2]float64{first.y.lo, first.y.hi}, [2]float64{second.y.lo, second.y.hi})
	assert.Equal(t, a.frame().x.hi, second.x.hi, "the shorter training ends earlier")
	assert.Equal(t, other.frame().y, third.y, "another measure has its own axis")
	assert.Equal(t, a.Text()+"\n"+b.Text()+"\n"+other.Text(), g.Text())
}

// A figure of several panels is compared panel by panel.
func TestAlikeWithin(t *testing.T) {
	few := Saturation{Title: "few", Layers: []string{"dense"}, Steps: []int{1, 2}, Saturated: [][]float64{{0, 0.001}}}
	many := Saturation{Title: "many", Layers: []string{"dense"}, Steps: []int{1, 2}, Saturated: [][]float64{{0.9, 0.97}}}
	g := Alike(few, many)
	for i, title := range []string{"few", "many"} {
		inside, ok := g.Panels[i].(Grid)
		require.True(t, ok)
		assert.Equal(t, title, inside.Title)
		f, ok := frameOf(inside.Panels[0])
		require.True(t, ok)
		assert.Equal(t, 100.0, math.Round(f.y.hi))
	}
	assert.Equal(t, few.Text()+"\n"+many.Text(), g.Text())
	mixed := Alike(few, LossCurves{Runs: []Run{{Train: []float64{1, 2}}}})
	assert.Equal(t, few, mixed.Panels[0], "what is of another kind stays as it is")
}

func TestAlikeColors(t *testing.T) {
	narrow := goldens["alike"].(Grid).Panels[0].(framed)
	wide := goldens["alike"].(Grid).Panels[1].(framed)
	assert.Equal(t, narrow.layout.key, wide.layout.key, "one scale of shares")
	pair := goldens["alike-landscapes"].(Grid).Panels
	low, high := pair[0].(Landscape).span()
	assert.Equal(t, pair[0].(Landscape).scale(), pair[1].(Landscape).scale())
	assert.Less(t, low, 1.0)
	assert.Greater(t, high, 5.1)
	nothing := Landscape{A: []float64{0, 1}, B: []float64{0, 1}, Loss: [][]float64{{math.NaN(), math.NaN()}, {math.NaN(), math.NaN()}}}
	of := Alike(nothing, valley(5)).Panels
	assert.Equal(t, valley(5).scale(), of[1].(Landscape).scale())
	assert.Empty(t, Alike().Panels)
	assert.NotPanics(t, func() {
		Alike(nil, Histograms{}, Histograms{Steps: []int{1}, Edges: []float64{1, 0}, Counts: [][]float64{{1}}})
	})
}

func TestAlikeDistances(t *testing.T) {
	near, far := valley(5), valley(5)
	far.A, far.B = []float64{}, append([]float64(nil), far.B...)
	for _, v := range near.A {
		far.A = append(far.A, 3*v)
	}
	panels := Alike(near, far).Panels
	first, second := panels[0].(Landscape).frame(), panels[1].(Landscape).frame()
	assert.InDelta(t, second.x.hi-second.x.lo, first.x.hi-first.x.lo, 1e-9, "a step is as long in both")
	assert.Equal(t, [2]float64{far.frame().x.lo, far.frame().x.hi}, [2]float64{second.x.lo, second.x.hi}, "the wider one stays")
	assert.InDelta(t, near.frame().x.lo+near.frame().x.hi, first.x.lo+first.x.hi, 1e-9, "the middle stays in the middle")
	far.AName = "lengths"
	apart := Alike(near, far).Panels[0].(Landscape).frame().x
	assert.Equal(t, [2]float64{near.frame().x.lo, near.frame().x.hi}, [2]float64{apart.lo, apart.hi}, "other directions have other lengths")
	folder := t.TempDir()
	picture := func(f Figure, name string) []byte {
		require.NoError(t, Save(filepath.Join(folder, name), f))
		content, err := os.ReadFile(filepath.Join(folder, name))
		require.NoError(t, err)
		return content
	}
	assert.NotEqual(t, picture(near, "alone.png"), picture(panels[0], "beside.png"))
}

func TestAlikeHeatmaps(t *testing.T) {
	low := SweepHeatmap{X: []string{"a", "b"}, Y: []string{"c"}, Loss: [][]float64{{0.1, 0.4}}}
	high := SweepHeatmap{X: []string{"a", "b"}, Y: []string{"c"}, Loss: [][]float64{{0.4, math.NaN()}}}
	panels := Alike(low, high, SweepHeatmap{}).Panels
	first, second := panels[0].(SweepHeatmap), panels[1].(SweepHeatmap)
	assert.Equal(t, first.cells().color(0.4), second.cells().color(0.4), "equal losses have equal colours")
	assert.NotEqual(t, low.cells().color(0.4), high.cells().color(0.4))
	assert.Equal(t, low.Text()+"\n"+high.Text(), first.Text()+"\n"+second.Text())
}

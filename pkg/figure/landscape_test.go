package figure

import (
	"bytes"
	"fmt"
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/vgimg"
)

// valley is a curved one, that falls to the right.
func valley(n int) Landscape {
	l := Landscape{Subtitle: "The plane through start, end and epoch 10", AName: "from start to end", BName: "across"}
	loss := func(a, b float64) float64 {
		bend := b - math.Sin(a)
		return 0.01 + 4*bend*bend + 0.05*(3-a)*(3-a)
	}
	for i := range n {
		l.A, l.B = append(l.A, -1+5*float64(i)/float64(n-1)), append(l.B, -2+4*float64(i)/float64(n-1))
	}
	for _, b := range l.B {
		var row []float64
		for _, a := range l.A {
			row = append(row, loss(a, b))
		}
		l.Loss = append(l.Loss, row)
	}
	for i, a := range []float64{0, 0.2, 0.8, 1.7, 2.5, 3} {
		s := Step{A: a, B: math.Sin(a) + 0.3*float64(i%2), Name: fmt.Sprintf("epoch %d", i*i)}
		s.Loss = loss(s.A, s.B)
		l.Path = append(l.Path, s)
	}
	l.Path[0].Name = "start"
	return l
}

func init() {
	l := valley(25)
	for b := range 4 {
		for a := range 5 - b {
			l.Loss[24-b][a] = math.NaN()
		}
	}
	goldens["landscape"] = l
	linear := valley(9)
	linear.Linear, linear.Path = true, nil
	goldens["landscape-linear"] = linear
	goldens["landscape-empty"] = Landscape{}
}

func TestLandscapeChoosesItsScale(t *testing.T) {
	l := Landscape{A: []float64{0, 1}, B: []float64{0, 1}, Loss: [][]float64{{0.001, 1}, {2, math.NaN()}}}
	assert.True(t, l.log())
	l.Loss[0][0] = 0.5
	assert.False(t, l.log(), "not tenfold")
	l.Loss[0][0] = -1e-9
	assert.False(t, l.log(), "a log scale can't show it")
	assert.Contains(t, l.Text(), "at 1 place the loss is NaN or infinite")
	l.Loss = [][]float64{{math.NaN(), math.Inf(1)}, {math.NaN(), math.NaN()}}
	assert.Contains(t, l.Text(), "no loss is finite")
}

func TestLandscapeRefuses(t *testing.T) {
	for want, l := range map[string]Landscape{
		"1 row of losses for 2":  {A: []float64{0, 1}, B: []float64{0, 1}, Loss: [][]float64{{1, 2}}},
		"row 2 of the landscape": {A: []float64{0, 1}, B: []float64{0, 1}, Loss: [][]float64{{1, 2}, {1}}},
		"finite and rise":        {A: []float64{1, 0}, B: []float64{0, 1}, Loss: [][]float64{{1, 2}, {1, 2}}},
	} {
		assert.ErrorContains(t, Render(&bytes.Buffer{}, l, SVG), want)
		assert.Contains(t, l.Text(), want)
	}
}

func TestBetweens(t *testing.T) {
	assert.InDeltaSlice(t, []float64{0.25, 0.75, 1.25, 1.75}, betweens([]float64{0, 1, 2}, 4), 1e-12)
	assert.InDeltaSlice(t, []float64{0.5, 1 + 0.5/3, 1.5, 1 + 2.5/3}, betweens([]float64{0, 1, 4}, 4), 1e-12)
}

func TestLandscapeStaysSmall(t *testing.T) {
	var out bytes.Buffer
	require.NoError(t, Render(&out, valley(201), SVG))
	assert.Less(t, out.Len(), 150_000)
}

// The landscape of a dead model is a plain: no line goes through it.
func TestAPlainHasNoLines(t *testing.T) {
	s := newColorScale("", []float64{0.7, 0.7}, false, false)
	assert.False(t, crosses(s.level(0.7), s.level(math.Nextafter(0.7, 0))))
	assert.False(t, crosses(s.level(0.7), math.NaN()))
	assert.True(t, crosses(s.level(0.7), s.level(0.6)))
	flat := Boundaries{X: [2]float64{0, 1}, Y: [2]float64{0, 1}, Classes: []string{"a", "b"}, Stills: []Still{{Values: [][]float64{{0.5, math.Nextafter(0.5, 0)}, {math.Nextafter(0.5, 0), 0.5}}}}}
	img := vgimg.New(200, 200)
	plane{flat, flat.Stills[0]}.Plot(draw.New(img), nil)
	for y := 20; y < 240; y += 3 {
		for x := 20; x < 240; x += 3 {
			r, _, _, _ := img.Image().At(x, y).RGBA()
			require.Greater(t, r>>8, uint32(0xF0), "white at %d, %d", x, y)
		}
	}
}

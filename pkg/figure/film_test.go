package figure

import (
	"bytes"
	"fmt"
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// waves are numbers of a picture.
func waves(h, w int, grow float64) [][]float64 {
	out := make([][]float64, h)
	for y := range out {
		for x := range w {
			out[y] = append(out[y], grow*math.Sin(float64(x)*(0.4+0.1*grow))*math.Cos(float64(y)/3))
		}
	}
	return out
}

func init() {
	f := Film{Title: "Weights of dense", Subtitle: "kernel [2, 16]: a row for each input, a column for each unit", Label: "weight", Signed: true}
	for i, epoch := range []int{0, 1, 3, 10, 30, 100} {
		f.Stills = append(f.Stills, Still{Name: fmt.Sprintf("epoch %d", epoch), Detail: "loss " + number(0.7/float64(1+epoch)), Values: waves(5, 16, 0.2+0.3*float64(i))})
	}
	f.Stills[0].Name = "start"
	f.Stills[5].Values[2][3] = math.NaN()
	goldens["film"] = f
	maps := Film{Title: "What conv2d makes of a three", Columns: 8, Label: "output"}
	for i := range 12 {
		maps.Stills = append(maps.Stills, Still{Name: fmt.Sprint(i), Values: waves(26, 26, float64(i)/5)})
	}
	goldens["film-maps"] = maps
	goldens["film-empty"] = Film{Stills: []Still{{Values: [][]float64{{math.NaN()}}}}}
}

func TestStillsHaveOneScale(t *testing.T) {
	s := newColorScale("", []float64{-1, 3, math.Inf(1), math.NaN()}, true, false)
	assert.Equal(t, []float64{-3, 3}, []float64{s.lo, s.hi}, "0 is white whatever the range")
	assert.Equal(t, background, s.color(0))
	assert.Equal(t, axisColor, s.color(math.NaN()))
	log := newColorScale("", []float64{0, -2, 0.01, 10}, false, true)
	assert.Equal(t, []float64{0.01, 10}, []float64{log.lo, log.hi})
	assert.Equal(t, axisColor, log.color(0), "no place on a log scale")
	assert.NotEqual(t, axisColor, s.color(0), "grey means no number, so no number may have that colour")
}

func TestFilmRefusesRaggedRows(t *testing.T) {
	f := Film{Stills: []Still{{Name: "ragged", Values: [][]float64{{1, 2}, {3}}}}}
	assert.ErrorContains(t, Render(&bytes.Buffer{}, f, SVG), "rows of 2 and of 1 values")
}

func TestFilmOfNothingIsPale(t *testing.T) {
	nothing := newColorScale("", []float64{0, 0}, false, false)
	assert.Equal(t, newColorScale("", []float64{0, 5}, false, false).color(0), nothing.color(0))
	assert.Equal(t, newColorScale("", []float64{0, 0}, true, false).color(0), newColorScale("", []float64{-1, 1}, true, false).color(0))
}

// What a reader of the text can't see: which filters see nothing.
func TestFilmCountsWhatIsUniform(t *testing.T) {
	uniform := func(numbers ...float64) int { return Film{Stills: []Still{{Values: [][]float64{numbers}}}}.uniform() }
	assert.Equal(t, 1, uniform(2, 2))
	assert.Equal(t, 0, uniform(0, 1))
	assert.Equal(t, 0, uniform(1), "a single number always is")
	assert.Equal(t, 0, uniform(math.NaN(), math.NaN()))
	assert.Equal(t, 0, uniform())
	f := Film{Stills: []Still{{Values: [][]float64{{2, 2}}}, {Values: [][]float64{{0, 1}}}}}
	assert.Contains(t, f.Text(), "1 of one single value")
	f.Stills = f.Stills[1:]
	assert.NotContains(t, f.Text(), "single")
}

func TestFilmOfManyStaysOnAPage(t *testing.T) {
	f := Film{Columns: 8}
	for range 200 {
		f.Stills = append(f.Stills, Still{Name: "x", Values: waves(3, 3, 1)})
	}
	_, height := f.Size()
	assert.LessOrEqual(t, height, maxHeight)
	require.NoError(t, Render(&bytes.Buffer{}, f, PNG))
}

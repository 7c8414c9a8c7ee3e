package notebook

import (
	"bytes"
	"fmt"
	"html"
	"math"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"example.com/unstuck/pkg/figure"
)

var slidRates = []float64{1e-7, 1e-3, 10}

func slid(rates []float64) Slider {
	var runs []figure.Run
	for _, r := range rates {
		runs = append(runs, figure.Run{Name: fmt.Sprint(r), Train: []float64{0.5, 0.5 - r/100}})
	}
	return Slide("learning rate", rates, func(i int) figure.Figure { return figure.LossCurves{Title: "it's < &", Runs: runs, Focus: i + 1} })
}

// attributeOf reads an attribute as a browser does.
func attributeOf(t *testing.T, page, name string) string {
	t.Helper()
	found := regexp.MustCompile(`(?s) ` + name + `=(?:'([^']*)'|"([^"]*)")`).FindStringSubmatch(page)
	require.NotNil(t, found, name)
	return html.UnescapeString(found[1] + found[2])
}

// picturesOf puts a slider's pictures together as slide.js does.
func picturesOf(t *testing.T, page string) (pictures []string) {
	t.Helper()
	lines := strings.Split(attributeOf(t, page, "data-lines"), "\n")
	for numbers := range strings.SplitSeq(attributeOf(t, page, "data-pictures"), "\n") {
		var picture []string
		for n := range strings.SplitSeq(numbers, " ") {
			at, err := strconv.Atoi(n)
			require.NoError(t, err)
			picture = append(picture, lines[at])
		}
		pictures = append(pictures, strings.Join(picture, "\n"))
	}
	return pictures
}

func TestSliderHasEachPicture(t *testing.T) {
	var r Recorder
	s := slid(slidRates)
	require.NoError(t, ShowOn(&r, s))
	require.Len(t, r.Shown(), 2)
	page := string(r.Shown()[0].Data[HTML])
	pictures := picturesOf(t, page)
	require.Len(t, pictures, 3)
	for i := range slidRates {
		var svg bytes.Buffer
		require.NoError(t, figure.Render(&svg, s.Picture(i), figure.SVG))
		assert.Equal(t, svg.String(), pictures[i])
	}
	assert.Equal(t, "1e-07\n0.001\n10", attributeOf(t, page, "data-values"))
	assert.Equal(t, "1", attributeOf(t, page, "value"), "the place in the middle")
	assert.Equal(t, "2", attributeOf(t, page, "max"))
	assert.Contains(t, page, "<output>0.001</output>")
}

func TestSliderStandsAboveWhatShowShows(t *testing.T) {
	var r, alone Recorder
	s := slid(slidRates)
	require.NoError(t, resultOn(&r, s))
	require.NoError(t, ShowOn(&alone, s.Picture(1)))
	assert.Equal(t, alone.Shown()[0], r.Shown()[1])
	page := string(r.Shown()[0].Data[HTML])
	assert.NotContains(t, page, "<script")
	assert.NotContains(t, page, "<img", "the picture is the output beneath")
	assert.Contains(t, page, `type="hidden"`, "where nothing may run there is nothing to move")
}

func TestSliderFollowsItsValues(t *testing.T) {
	var before, after Recorder
	require.NoError(t, ShowOn(&before, slid(slidRates)))
	require.NoError(t, ShowOn(&after, slid([]float64{1e-7, 2e-3, 10})))
	for i := range 2 {
		for kind, data := range before.Shown()[i].Data {
			assert.NotEqual(t, data, after.Shown()[i].Data[kind], kind)
		}
	}
}

func TestSliderOfTwentyIsSmall(t *testing.T) {
	var runs []figure.Run
	for i := range 20 {
		var losses []float64
		for epoch := range 40 {
			losses = append(losses, 1/float64(1+i*epoch))
		}
		runs = append(runs, figure.Run{Name: fmt.Sprint(i), Train: losses})
	}
	var r Recorder
	require.NoError(t, ShowOn(&r, Slide("depth", runs, func(i int) figure.Figure { return figure.LossCurves{Runs: runs, Focus: i + 1} })))
	assert.Less(t, len(r.Shown()[0].Data[HTML]), 80<<10)
}

func TestSliderInATerminalSaysEachValue(t *testing.T) {
	var out bytes.Buffer
	require.NoError(t, ShowOn(Terminal{Out: &out}, slid(slidRates)))
	assert.Equal(t, `it's < &
learning rate 1e-07
  1e-07: loss 0.5 → 0.5 in 2 epochs
learning rate 0.001
  0.001: loss 0.5 → 0.5 in 2 epochs
learning rate 10
  10: loss 0.5 → 0.4 in 2 epochs
`, out.String())
}

func TestSliderThatCannotBeShown(t *testing.T) {
	var r Recorder
	nothing := func(int) figure.Figure { return nil }
	many := make([]float64, 60)
	large := func(at int) figure.Figure {
		losses := make([]float64, 1000)
		for epoch := range losses {
			losses[epoch] = math.Abs(math.Sin(float64(epoch * (at + 1))))
		}
		return figure.LossCurves{Runs: []figure.Run{{Train: losses}}}
	}
	for want, s := range map[string]Slider{
		"at least one value":                     Slide("rate", []float64{}, nothing),
		"and a function":                         Slide("rate", []int{1}, nil),
		"picture at rate 1 is nil":               Slide("rate", []int{1}, nothing),
		"with more than 512 a notebook gets too": Slide("rate", many, large),
	} {
		assert.ErrorContains(t, ShowOn(&r, s), want)
	}
	assert.Empty(t, r.Shown())
}

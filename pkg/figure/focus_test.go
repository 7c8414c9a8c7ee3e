package figure

import (
	"bytes"
	"math"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

var focused = LossCurves{
	Title: "Adam at four rates", YLabel: "Mean squared error", LogY: true, Focus: 2,
	Runs: []Run{
		{Name: "1e-7", Train: []float64{0.48, 0.479, 0.479, 0.479}},
		{Name: "1e-3", Train: []float64{0.2, 0.1, 0.085, 0.081}},
		{Name: "a rate with a long name", Train: []float64{800, 90, 20, 12}},
		{Name: "1e3", Train: []float64{9e4, math.NaN(), math.NaN(), math.NaN()}},
	},
	Marks: []Reference{{Value: 0.078, Label: "variance"}},
}

func init() { goldens["focus"] = focused }

func picture(t *testing.T, f Figure) string {
	t.Helper()
	var svg bytes.Buffer
	require.NoError(t, Render(&svg, f, SVG))
	return svg.String()
}

// A picture changes at a move of a slider in nothing but what is asked about: neither the axes nor their room move.
func TestFocusMovesNothing(t *testing.T) {
	ticks := regexp.MustCompile(`<text [^>]*font-size:8.5px[^>]*>[0-9.]+</text>`)
	for name, at := range map[string]func(i int) Figure{
		"losses": func(i int) Figure { f := focused; f.Focus = i; return f },
		"lines": func(i int) Figure {
			f := Lines{Title: "Norms", LogY: true, Focus: i}
			for _, r := range focused.Runs {
				f.Series = append(f.Series, Series{Name: r.Name, Values: r.Train})
			}
			return f
		},
	} {
		first := ticks.FindAllString(picture(t, at(1)), -1)
		require.Greater(t, len(first), 5, name)
		for i := 2; i <= 4; i++ {
			assert.Equal(t, first, ticks.FindAllString(picture(t, at(i)), -1), "%s, %d", name, i)
		}
	}
}

func TestFocusNamesOneRun(t *testing.T) {
	svg := picture(t, focused)
	for word, there := range map[string]bool{">1e-3<": true, ">variance<": true, ">the other 3<": true, ">1e-7<": false, ">1e3<": false} {
		assert.Equal(t, there, strings.Contains(svg, word), word)
	}
	assert.Equal(t, "Adam at four rates\n  1e-3: loss 0.2 → 0.081 in 4 epochs\n  variance: 0.078", focused.Text())

	for i := range 4 { // whichever it is, it has the same colour
		f := focused
		f.Focus = i + 1
		assert.Contains(t, picture(t, f), "stroke:#0072B2", i)
	}
	narrow := picture(t, Row(focused, focused, focused))
	assert.Contains(t, narrow, "1e-3")
	assert.NotContains(t, narrow, "1e-7")
}

func TestFocusOnNothingThere(t *testing.T) {
	for _, f := range []Figure{
		LossCurves{Focus: 1}, LossCurves{Focus: -1, Runs: focused.Runs}, LossCurves{Focus: 9, Runs: focused.Runs}, Lines{Focus: 3},
		LossCurves{Focus: 1, Runs: []Run{{Train: []float64{math.NaN()}}, {Train: []float64{math.NaN()}}}},
	} {
		assert.NotContains(t, picture(t, f), "1e-7")
	}
}

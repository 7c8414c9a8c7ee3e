package figure

import (
	"bytes"
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func init() {
	goldens["bars"] = Bars{
		Title: "Updates by parameter", XLabel: "Recorded / replayed", Mark: Reference{Value: 1, Label: "as replayed"},
		Names:  []string{"encoder.layers.0.self_attn.in_proj_weight", "encoder.layers.0.norm1.bias", "head.weight", "head.bias"},
		Values: []float64{1, 0.98, 0, math.NaN()}, Words: []string{3: "no optimizer holds it"},
	}
	goldens["bars-wide"] = Bars{
		Title: "Updates by parameter", XLabel: "Recorded / replayed", Mark: Reference{Value: 1, Label: "as replayed"},
		Names: []string{"first.weight", "first.bias", "head.weight"}, Values: []float64{1e-4, 2e-4, 40},
	}
}

// Of many bars those furthest from the mark are shown, and the others are told.
func TestOfManyBarsTheFurthestAreShown(t *testing.T) {
	b := Bars{Mark: Reference{Value: 1}}
	for i := range 50 {
		b.Names, b.Values = append(b.Names, fmt.Sprint("w", i)), append(b.Values, 1+float64(i%3)/1000)
	}
	b.Values[7], b.Values[30], b.Values[49] = 0, 5, 0.2
	shown, rest := b.shown()
	require.Len(t, shown, MostBars)
	require.Subset(t, shown, []int{7, 30, 49})
	require.IsIncreasing(t, shown)
	require.Equal(t, "30 more, nearer to 1: from 1 to 1", rest[:len(rest)-1])
	require.Contains(t, b.Text(), "w7: 0")
}

// A name as long as PyTorch's are stands whole in half of a page's width; nothing panics on what isn't a number.
func TestBarsOfAnyNumbers(t *testing.T) {
	for _, values := range [][]float64{nil, {math.NaN()}, {0, 0}, {math.Inf(1), -1, 1e-38, 1e38}, {3}} {
		b := Bars{Title: "T", Names: []string{"encoder.layers.0.self_attn.in_proj_weight"}, Values: values, Mark: Reference{Value: 1}}
		var picture bytes.Buffer
		require.NoError(t, Render(&picture, Row(b, b), SVG), "%v", values)
		if len(values) > 0 {
			assert.True(t, strings.Contains(picture.String(), ">encoder.layers.0.self_attn.in_proj_weight<"), "%v", values)
		}
	}
}

package figure

import (
	"bytes"
	"fmt"
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func init() {
	p := Pictures{Title: "What the first layer makes of a three", Subtitle: "Filters of conv2d, 5 × 5", Columns: 6, Signed: true}
	for k := range 11 {
		one := Picture{Name: fmt.Sprintf("filter %d", k), Muted: k == 4}
		for y := range 5 {
			var row []float64
			for x := range 5 {
				row = append(row, math.Sin(float64(k+1)*float64(x)/3)*math.Cos(float64(y*(k-4))/4))
			}
			one.Values = append(one.Values, row)
		}
		if k == 4 {
			one.Values = [][]float64{{0, 0}, {0, math.NaN()}}
		}
		p.Pictures = append(p.Pictures, one)
	}
	goldens["pictures"] = p
	p.Signed, p.Apart = false, true
	goldens["pictures-apart"] = p
	goldens["pictures-empty"] = Pictures{}
}

func TestPictureOf(t *testing.T) {
	p, err := PictureOf("second channel", []float32{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12}, 2, 3, 2, 1)
	require.NoError(t, err)
	assert.Equal(t, [][]float64{{2, 4, 6}, {8, 10, 12}}, p.Values)
	for _, c := range [][4]int{{2, 3, 2, 2}, {2, 3, 2, -1}, {2, 2, 2, 0}, {0, 3, 2, 0}} {
		_, err := PictureOf("", make([]float32, 12), c[0], c[1], c[2], c[3])
		assert.ErrorContains(t, err, "asked of 12 values")
	}
}

func TestPicturesRefuseRaggedRows(t *testing.T) {
	p := Pictures{Pictures: []Picture{{Name: "ragged", Values: [][]float64{{1, 2}, {3}}}}}
	assert.ErrorContains(t, Render(&bytes.Buffer{}, p, SVG), `picture 0, "ragged", has rows of 2 and of 1 values`)
}

func TestPicturesText(t *testing.T) {
	p := Pictures{Pictures: []Picture{{Values: [][]float64{{0, 0}}}, {Values: [][]float64{{-1, math.NaN()}, {2, 0}}}}}
	assert.Equal(t, "Pictures\n  2 pictures, from -1 to 2\n  1 of one single value", p.Text())
	assert.Equal(t, "Pictures\n  no pictures", Pictures{}.Text())
}

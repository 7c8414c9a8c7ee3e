package figure

import (
	"bytes"
	"fmt"
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// ring is the data of a small class within a large one, and stills of a boundary that grows around it.
func ring(classes []string, said func(x, y, sharp float64) float64) Boundaries {
	b := Boundaries{X: [2]float64{-1.2, 2.3}, Y: [2]float64{-2, 2}, Classes: classes}
	for i := range 120 {
		angle, radius := float64(i)*2.4, 0.1+1.7*math.Sqrt(float64(i)/120)
		p := Place{X: 0.5 + 0.8*radius*math.Cos(angle), Y: radius * math.Sin(angle)}
		p.Value = math.Round(clamp(said(p.X, p.Y, 1e6), 0, 5))
		b.Points = append(b.Points, p)
	}
	for i, epoch := range []int{0, 1, 3, 10, 100} {
		s := Still{Name: fmt.Sprintf("epoch %d", epoch), Detail: "loss " + number(0.69/float64(1+i))}
		for row := range 40 {
			var values []float64
			for column := range 40 {
				x, y := -1.2+3.5*(float64(column)+0.5)/40, 2-4*(float64(row)+0.5)/40
				values = append(values, said(x, y, float64(i*i)/2))
			}
			s.Values = append(s.Values, values)
		}
		b.Stills = append(b.Stills, s)
	}
	b.Stills[0].Name = "start"
	return b
}

func init() {
	inside := func(x, y, sharp float64) float64 { return 1 / (1 + math.Exp(-sharp*(1-math.Hypot((x-0.5)/0.8, y)))) }
	goldens["boundaries"] = ring([]string{"outside", "inside"}, inside)
	goldens["boundaries-classes"] = ring([]string{"left", "right", "above"}, func(x, y, sharp float64) float64 {
		switch {
		case y > 2/(1+sharp):
			return 2
		case x > 0.5:
			return 1
		}
		return 0
	})
	values := ring(nil, func(x, y, sharp float64) float64 { return 5 * math.Tanh(math.Min(sharp, 3)*x) * y })
	values.Stills = values.Stills[2:4]
	values.Stills[0].Values[3][4] = math.NaN()
	goldens["boundaries-regression"] = values
	goldens["boundaries-empty"] = Boundaries{}
}

func TestStillsBetweenCells(t *testing.T) {
	s := Still{Values: [][]float64{{0, 1}, {2, 3}}}
	assert.InDelta(t, 1.5, s.value(0.5, 0.5, true), 1e-15)
	assert.InDelta(t, 0, s.value(-3, -3, true), 1e-15)
	assert.InDelta(t, 3, s.value(9, 9, true), 1e-15)
	assert.InDelta(t, 1, s.value(0.4, 0.6, false), 1e-15, "a class is none between two others")
	assert.InDelta(t, 7, Still{Values: [][]float64{{7}}}.value(3, 3, true), 1e-15)
}

func TestEveryShortAxisHasThreeTicks(t *testing.T) {
	for lo := -3.0; lo < 3; lo += 0.37 {
		for width := 0.01; width < 1000; width *= 1.7 {
			for want := range 6 {
				assert.GreaterOrEqual(t, len(linearTicks{Want: want}.Ticks(lo, lo+width)), 3, "%g to %g", lo, lo+width)
			}
		}
	}
}

func TestBoundariesOfManyRowsStaySmall(t *testing.T) {
	b := goldens["boundaries"].(Boundaries)
	for i := range 5000 {
		b.Points = append(b.Points, Place{X: math.Sin(float64(i)), Y: math.Cos(float64(i * i)), Value: float64(i % 2)})
	}
	var out bytes.Buffer
	require.NoError(t, Render(&out, b, SVG))
	assert.Less(t, out.Len(), 250_000)
	assert.Equal(t, "Every 9th row of data is drawn.", b.around().note)
}

func TestBoundariesRefuseRaggedRows(t *testing.T) {
	b := Boundaries{X: [2]float64{0, 1}, Y: [2]float64{0, 1}, Stills: []Still{{Name: "a", Values: [][]float64{{1, 2}, {1}}}}}
	assert.ErrorContains(t, Render(&bytes.Buffer{}, b, SVG), "rows of 2 and of 1 values")
}

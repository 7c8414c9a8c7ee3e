package figure

import (
	"strconv"
	"strings"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// confusionCells paints a matrix.
type confusionCells confused

func (m confusionCells) Plot(c draw.Canvas, p *plot.Plot) {
	toX, toY := p.Transforms(&c)
	for i, row := range m.counts {
		y := float64(len(m.counts) - 1 - i)
		for j, n := range row {
			x := float64(j)
			box := rectangle(toX(x-0.5)+0.6, toY(y-0.5)+0.6, toX(x+0.5)-0.6, toY(y+0.5)-0.6)
			fill, words := gridColor, []string{"–"}
			if m.totals[i] > 0 {
				fill = forWords(onScale(heatScale, float64(n)/float64(m.totals[i])))
				words = []string{short(n), percent(n, m.totals[i])}
			}
			c.FillPolygon(fill, box)
			if i == j {
				c.StrokeLines(draw.LineStyle{Color: axisColor, Width: 0.8}, append(box, box[0]))
			}
			style := textStyle(bodySize, inkOn(fill))
			style.XAlign, style.YAlign = draw.XCenter, draw.YCenter
			size := vg.Point{X: box[1].X - box[0].X - 2, Y: box[2].Y - box[1].Y - 2}
			line := style.Font.Size + 2
			switch {
			case m.totals[i] == 0:
			case n == 0:
				words, style.Color = []string{"0"}, softInk
				if m.shares {
					words = nil
				}
			case m.shares:
				words = []string{strings.TrimSuffix(percent(n, m.totals[i]), "%")}
				if style.Width(words[0]) > size.X {
					words[0] = strconv.Itoa(100 * n / m.totals[i]) // 99, not 99.8
				}
			case len(words) > 1 && (style.Width(words[1]) > size.X || 2*line > size.Y):
				words = words[:1]
			}
			for k, word := range words {
				at := vg.Point{X: toX(x), Y: toY(y) + line*(vg.Length(len(words)-1)/2-vg.Length(k))}
				if style.Width(word) <= size.X && style.Font.Size <= size.Y {
					c.FillText(style, at, word)
				}
			}
		}
	}
}

// short writes a count in at most four characters: 1234, 12k, 3.4M.
func short(n int) string {
	for _, unit := range []struct {
		size float64
		name string
	}{{1e9, "G"}, {1e6, "M"}, {1e3, "k"}} {
		if n >= 10_000 && float64(n) >= unit.size {
			v := float64(n) / unit.size
			if v >= 10 {
				return strconv.FormatFloat(v, 'f', 0, 64) + unit.name
			}
			return strconv.FormatFloat(v, 'f', 1, 64) + unit.name
		}
	}
	return strconv.Itoa(n)
}

// percent is n of all, with no 0% and no 100% that only rounding makes.
func percent(n, all int) string {
	share := 100 * float64(n) / float64(max(1, all))
	switch {
	case n > 0 && share < 0.5:
		return "<1%"
	case n < all && share > 99 && share < 99.95:
		return strconv.FormatFloat(share, 'f', 1, 64) + "%"
	case n < all && share >= 99.95:
		return ">99.9%"
	}
	return strconv.FormatFloat(share, 'f', 0, 64) + "%"
}

func sum(counts []int) (all int) {
	for _, n := range counts {
		all += n
	}
	return all
}

func countOf(values []int, v int) (n int) {
	for _, one := range values {
		if one == v {
			n++
		}
	}
	return n
}

func pluralOf(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return strconv.Itoa(n) + " " + many
}

package figure

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gonum.org/v1/plot/vg"
)

func residualDiagram() Diagram {
	return Diagram{Title: "A block with a skip", Boxes: []Box{
		{Name: "x", End: true}, {Name: "y", End: true},
		{Name: "dense", Notes: []string{"Dense · (None, 8)"}, Group: 1, Frame: 1},
		{Name: "again", Notes: []string{"shared with dense"}, Group: 1}, {Name: "norm", Muted: true, Frame: 1},
		{Name: "add"}, {Name: "out", End: true}, {Name: "out 2", End: true},
	}, Frames: []Frame{{Name: "block", Notes: []string{"Sequential"}}}, Arrows: []Arrow{{0, 2}, {1, 3}, {2, 4}, {4, 5}, {3, 5}, {0, 5}, {5, 6}, {3, 7}}}
}

func chainDiagram(n int) Diagram {
	d := Diagram{Title: fmt.Sprintf("A chain of %d", n)}
	for i := range n {
		d.Boxes = append(d.Boxes, Box{Name: fmt.Sprintf("layer_%d", i), Notes: []string{"Dense · (None, 64)", "4,160 parameters"}})
		if i > 0 {
			d.Arrows = append(d.Arrows, Arrow{i - 1, i})
		}
	}
	return d
}

func init() {
	goldens["diagram"] = residualDiagram()
	goldens["diagram-chain"] = chainDiagram(50)
	goldens["diagram-empty"] = Diagram{}
}

// randomDiagram has forward arrows only, and frames around runs of boxes, so that frames make no circle.
func randomDiagram(r *rand.Rand) Diagram {
	d := Diagram{Depth: 9, Frames: []Frame{{Name: "outer"}, {Name: "inner", Frame: 1}, {Name: "other"}}}
	n := 3 + r.IntN(22)
	for i := range n {
		b := Box{Name: fmt.Sprint("box ", i), Notes: make([]string, r.IntN(3))}
		switch part := 10 * i / n; {
		case part >= 2 && part < 4, part == 5:
			b.Frame = 1
		case part == 4:
			b.Frame = 2
		case part >= 7 && part < 9:
			b.Frame = 3
		}
		d.Boxes = append(d.Boxes, b)
		for range r.IntN(4) {
			if a := (Arrow{r.IntN(i + 1), i}); a.From != i {
				d.Arrows = append(d.Arrows, a)
			}
		}
	}
	return d
}

func overlap(a, b vg.Rectangle) bool {
	const e = 1e-6
	return a.Min.X < b.Max.X-e && b.Min.X < a.Max.X-e && a.Min.Y < b.Max.Y-e && b.Min.Y < a.Max.Y-e
}

func TestDiagramLayout(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 1))
	for range 150 {
		d := randomDiagram(r)
		p, err := d.laidOut(400, 600)
		require.NoError(t, err)
		for i, a := range p.boxAt {
			for _, b := range p.boxAt[:i] {
				if overlap(a, b) {
					t.Fatalf("boxes overlap in %+v", d)
				}
			}
			for f, frame := range p.frameAt {
				within := false
				for at := p.boxes[i].frame; at >= 0; at = p.frames[at].parent {
					within = within || at == f
				}
				if within != overlap(a, frame) {
					t.Fatalf("box %d and frame %d of %+v", i, f, d)
				}
			}
		}
		heads := 0
		for _, line := range p.lines {
			if line.head {
				heads++
			}
			for k := 1; k < len(line.points); k++ {
				a, b := line.points[k-1], line.points[k]
				if b.Y < a.Y-1e-6 {
					t.Fatalf("an arrow goes up in %+v", d)
				}
				for step := range 9 {
					f := vg.Length(step) / 8
					at := vg.Point{X: a.X + f*(b.X-a.X), Y: a.Y + f*(b.Y-a.Y)}
					for i, frame := range p.frameAt {
						corner := vg.Point{X: frame.Min.X + framePadding, Y: frame.Min.Y}
						title := vg.Rectangle{Min: corner, Max: vg.Point{X: corner.X + p.frames[i].titleWidth, Y: corner.Y + p.frames[i].titleHeight}}
						if overlap(vg.Rectangle{Min: at, Max: at}, title) {
							t.Fatalf("an arrow crosses the title of a frame in %+v", d)
						}
					}
					for _, box := range p.boxAt {
						if overlap(vg.Rectangle{Min: at, Max: at}, box) {
							t.Fatalf("an arrow crosses a box in %+v", d)
						}
					}
				}
			}
		}
		require.Equal(t, len(d.Arrows), heads)
	}
}

func TestDiagramErrors(t *testing.T) {
	two := []Box{{Name: "a"}, {Name: "b"}}
	for want, d := range map[string]Diagram{
		`in a circle through, or to, "a", "b"`:           {Boxes: two, Arrows: []Arrow{{0, 1}, {1, 0}}},
		`box "b" goes in a circle, to itself`:            {Boxes: two, Arrows: []Arrow{{1, 1}}},
		"goes from box 0 to box 2, counted from 0, of 2": {Boxes: two, Arrows: []Arrow{{0, 2}}},
		`box 0, "c", is in frame 1 of 0`:                 {Boxes: []Box{{Name: "c", Frame: 1}}},
		`frame 1, "f", is in frame 1`:                    {Boxes: two, Frames: []Frame{{Name: "f", Frame: 1}}},
	} {
		_, err := d.drawing(400, 600)
		assert.ErrorContains(t, err, want)
	}
}

func TestDiagramCollapses(t *testing.T) {
	d := residualDiagram().collapsed(0)
	assert.Len(t, d.Boxes, 7)
	assert.Empty(t, d.Frames)
	assert.Len(t, d.Arrows, 7)
}

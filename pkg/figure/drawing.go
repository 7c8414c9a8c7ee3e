package figure

import (
	"math"
	"slices"
	"strconv"

	"gonum.org/v1/plot/text"
	"gonum.org/v1/plot/vg"
)

// diagram is a [Diagram] with the sizes of its boxes; frames count from 0, −1 is none.
type diagram struct {
	Diagram
	boxes  []sizedBox
	frames []sizedFrame
	arrows [][2]int
}

type sizedBox struct {
	w, h  vg.Length
	frame int
}

type sizedFrame struct {
	titleWidth, titleHeight vg.Length
	parent                  int
}

func (d diagram) nameOf(n *levelNode) string {
	switch {
	case n.box >= 0:
		return strconv.Quote(d.Boxes[n.box].Name)
	case n.frame >= 0:
		return strconv.Quote(d.Frames[n.frame].Name)
	}
	return "its frame"
}

// drawing is a diagram with places; y goes down from the top.
type drawing struct {
	diagram
	width, height vg.Length
	scale         vg.Length
	boxAt         []vg.Rectangle // Min is above Max
	frameAt       []vg.Rectangle
	lines         []arrowLine
	marks         []columnMark
}

// arrowLine is an arrow, or the part of one inside a frame or a column.
type arrowLine struct {
	points []vg.Point
	head   bool
}

type columnMark struct {
	at    vg.Point
	label string
}

const (
	boxSides   = vg.Length(8)
	boxEnds    = vg.Length(5)
	lineGap    = vg.Length(2.5)
	widestText = vg.Length(150)
	columnGap  = vg.Length(18)
	markRoom   = vg.Length(18) // of an arrow that goes on in another column
	markRadius = vg.Length(5)
)

func nameStyle(scale vg.Length) text.Style { return boldStyle(float64(bodySize*scale), ink) }
func wordStyle(scale vg.Length) text.Style { return textStyle(float64(smallSize*scale), softInk) }

// beside is the note beside a frame's name; the others stand below.
func (f Frame) beside() (note string, below []string) {
	if len(f.Notes) == 0 {
		return "", nil
	}
	return " · " + f.Notes[0], f.Notes[1:]
}

func (d Diagram) laidOut(width, height vg.Length) (*drawing, error) {
	g := diagram{Diagram: d}
	for _, b := range d.Boxes {
		w := nameStyle(1).Width(b.Name)
		for _, n := range b.Notes {
			w = max(w, wordStyle(1).Width(n))
		}
		h := 2*boxEnds + bodySize + vg.Length(len(b.Notes))*(smallSize+lineGap)
		g.boxes = append(g.boxes, sizedBox{max(44, min(w, widestText)+2*boxSides), h, b.Frame - 1})
	}
	for _, f := range d.Frames {
		note, below := f.beside()
		w := nameStyle(1).Width(f.Name) + wordStyle(1).Width(note)
		for _, n := range below {
			w = max(w, wordStyle(1).Width(n))
		}
		g.frames = append(g.frames, sizedFrame{min(w, widestText), frameTitle + vg.Length(len(below))*(smallSize+lineGap), f.Frame - 1})
	}
	for _, a := range d.Arrows {
		g.arrows = append(g.arrows, [2]int{a.From, a.To})
	}
	root, err := g.ordered(-1)
	if err != nil {
		return nil, err
	}
	var best *drawing
	for columns := 1; columns <= min(12, len(root.ranks)); columns++ {
		p := &drawing{diagram: g, boxAt: make([]vg.Rectangle, len(d.Boxes)), frameAt: make([]vg.Rectangle, len(d.Frames))}
		p.put(root, root.columns(columns))
		p.scale = min(1, width/p.width, height/p.height)
		if best == nil || p.scale > 1.02*best.scale {
			best = p
		}
	}
	return best, nil
}

// shift moves a rank, and says in which column it stands.
type shift struct {
	x, y   vg.Length
	column int
}

// columns cuts the ranks into columns of about the same height and says where they go.
func (l *layering) columns(n int) []shift {
	shifts := make([]shift, len(l.ranks))
	if n == 1 {
		return shifts
	}
	each := l.height / vg.Length(n)
	column, first, left := 0, 0, vg.Length(0)
	finish := func(end int) {
		low, high := vg.Length(math.Inf(1)), vg.Length(math.Inf(-1))
		for _, r := range l.ranks[first:end] {
			for _, m := range r {
				low, high = min(low, m.x-m.w/2), max(high, m.x+m.w/2)
			}
		}
		top := l.tops[first]
		if column > 0 {
			top -= markRoom
		}
		for r := first; r < end; r++ {
			shifts[r] = shift{left - low, -top, column}
		}
		left += high - low + columnGap
		column, first = column+1, end
	}
	for r := range l.ranks {
		if r > first && column < n-1 && l.bottoms[r] > vg.Length(column+1)*each+1 {
			finish(r)
		}
	}
	finish(len(l.ranks))
	return shifts
}

func (p *drawing) put(l *layering, shifts []shift) {
	p.level(l, vg.Point{}, shifts, 0)
	grow := func(x, y vg.Length) { p.width, p.height = max(p.width, x), max(p.height, y) }
	for _, r := range slices.Concat(p.boxAt, p.frameAt) {
		grow(r.Max.X, r.Max.Y)
	}
	for _, line := range p.lines {
		for _, at := range line.points {
			grow(at.X, at.Y)
		}
	}
	for _, m := range p.marks {
		grow(m.at.X+markRadius, m.at.Y+markRadius)
	}
}

// level puts what lies in a frame whose inside begins at a point.
func (p *drawing) level(l *layering, at vg.Point, shifts []shift, title vg.Length) {
	y := func(r int, v vg.Length) vg.Length { return at.Y + v + shifts[r].y }
	x := func(r int, v vg.Length) vg.Length { return at.X + v + shifts[r].x }
	top := func(n *levelNode) vg.Length {
		return y(n.rank, (l.tops[n.rank]+l.bottoms[n.rank]-n.h)/2)
	}
	inner := func(n *levelNode) vg.Point {
		return vg.Point{X: x(n.rank, n.x) - n.inside.width/2, Y: top(n) + n.title}
	}
	arriving := map[*levelNode][]*levelEdge{}
	for _, e := range l.edges {
		arriving[e.target] = append(arriving[e.target], e)
	}
	cameFrom := func(e *levelEdge) vg.Length {
		if len(e.lanes) > 0 {
			return e.lanes[len(e.lanes)-1].x
		}
		return e.source.x
	}
	for n, edges := range arriving {
		slices.SortStableFunc(edges, func(a, b *levelEdge) int {
			if cameFrom(a) < cameFrom(b) {
				return -1
			} else if cameFrom(a) > cameFrom(b) {
				return 1
			}
			return 0
		})
		arriving[n] = edges
	}
	for _, n := range l.nodes {
		place := vg.Rectangle{Min: vg.Point{X: x(n.rank, n.x-n.w/2), Y: top(n)}, Max: vg.Point{X: x(n.rank, n.x+n.w/2), Y: top(n) + n.h}}
		switch {
		case n.box >= 0:
			p.boxAt[n.box] = place
		case n.frame >= 0:
			p.frameAt[n.frame] = place
			p.level(n.inside, inner(n), make([]shift, len(n.inside.ranks)), n.title)
		}
	}
	marked := map[[2]any]string{}
	for _, e := range l.edges {
		s, t := e.source, e.target
		start := vg.Point{X: x(s.rank, s.x), Y: top(s) + s.h}
		if s.inside != nil {
			start.X = inner(s).X + s.inside.port(-1, e.from)
		} else if s.in >= 0 {
			start.Y = at.Y - title
		}
		end := vg.Point{X: x(t.rank, t.x), Y: top(t)}
		switch {
		case t.inside != nil:
			end.X = inner(t).X + t.inside.port(e.from, -1)
		case t.out >= 0:
			end.Y = at.Y + l.height + framePadding
		case t.box >= 0:
			in := arriving[t]
			step := min(12, t.w/vg.Length(len(in)+1))
			end.X += step * (vg.Length(slices.Index(in, e)) - vg.Length(len(in)-1)/2)
		}
		line := []vg.Point{start, {X: start.X, Y: y(s.rank, l.bottoms[s.rank])}}
		for r := s.rank; r < t.rank; r++ {
			next := end.X
			if i := r - s.rank; i < len(e.lanes) {
				next = x(r+1, e.lanes[i].x)
			}
			to := vg.Point{X: next, Y: y(r+1, l.tops[r+1])}
			if shifts[r].column != shifts[r+1].column {
				key := [2]any{s, r}
				if marked[key] == "" {
					marked[key] = strconv.Itoa(len(marked) + 1)
				}
				from := line[len(line)-1]
				below := vg.Point{X: from.X, Y: from.Y + markRoom - markRadius}
				above := vg.Point{X: to.X, Y: to.Y - markRoom + markRadius}
				p.lines = append(p.lines, arrowLine{points: append(line, vg.Point{X: below.X, Y: below.Y - markRadius})})
				p.marks = append(p.marks, columnMark{below, marked[key]}, columnMark{above, marked[key]})
				line = []vg.Point{{X: above.X, Y: above.Y + markRadius}, to}
			} else {
				line = bend(line, to)
			}
			if r+1 < t.rank {
				line = append(line, vg.Point{X: to.X, Y: y(r+1, l.bottoms[r+1])})
			}
		}
		p.lines = append(p.lines, arrowLine{append(line, end), t.box >= 0})
	}
}

// port is where the arrow from a box passes the frame's border.
func (l *layering) port(in, out int) vg.Length {
	for _, n := range l.nodes {
		if n.box < 0 && n.frame < 0 && n.in == in && n.out == out {
			return n.x
		}
	}
	return l.width / 2
}

// bend leads a line down to a point, upright at both ends.
func bend(line []vg.Point, to vg.Point) []vg.Point {
	from := line[len(line)-1]
	if math.Abs(float64(from.X-to.X)) < 0.5 {
		return append(line, to)
	}
	const steps = 14
	for i := 1; i <= steps; i++ {
		t := vg.Length(i) / steps
		ease := t * t * (3 - 2*t)
		line = append(line, vg.Point{X: from.X + ease*(to.X-from.X), Y: from.Y + t*(to.Y-from.Y)})
	}
	return line
}

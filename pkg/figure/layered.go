package figure

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"gonum.org/v1/plot/vg"
)

// Room in a diagram, in points.
const (
	betweenBoxes = vg.Length(14)
	betweenRanks = vg.Length(20)
	laneWidth    = vg.Length(6) // of a long arrow beside boxes
	framePadding = vg.Length(9)
	frameTitle   = vg.Length(15) // with one line
)

// layering is the layered layout of what lies directly in one frame, or of the whole: each node has a rank, arrows go to
// higher ranks, and a long one holds a lane of its own in each rank that it passes, so that it meets no box. y goes
// down.
type layering struct {
	nodes         []*levelNode
	ranks         [][]*levelNode
	tops, bottoms []vg.Length // of each rank
	edges         []*levelEdge
	width, height vg.Length
}

type levelNode struct {
	box, frame int // what it stands for, or −1
	inside     *layering
	in, out    int // the source of the arrow that passes the frame's border here, or −1
	rank       int
	x, w, h    vg.Length // its middle and its size
	title      vg.Length // height of a frame's title
	before     []*levelNode
	after      []*levelNode
}

type levelEdge struct {
	from, to int // boxes
	source   *levelNode
	target   *levelNode
	lanes    []*levelNode // between the two
}

// ordered lays out a frame of the diagram, −1 the whole.
func (d diagram) ordered(frame int) (*layering, error) {
	l := &layering{}
	of := map[[2]int]*levelNode{} // by box, or by −1 and frame
	add := func(n levelNode) *levelNode {
		l.nodes = append(l.nodes, &n)
		return &n
	}
	for i := range d.boxes {
		if b := d.boxes[i]; b.frame == frame {
			of[[2]int{i, -1}] = add(levelNode{box: i, frame: -1, in: -1, out: -1, w: b.w, h: b.h})
		}
	}
	for i, f := range d.frames {
		if f.parent != frame {
			continue
		}
		inside, err := d.ordered(i)
		if err != nil {
			return nil, err
		}
		w := max(inside.width, f.titleWidth) + 2*framePadding
		for _, n := range inside.nodes {
			if n.in >= 0 { // no arrow comes in through the title, which stands left of all of them
				w = max(w, inside.width+2*(framePadding+f.titleWidth+4-n.x))
			}
		}
		of[[2]int{-1, i}] = add(levelNode{box: -1, frame: i, in: -1, out: -1, inside: inside, w: w, title: f.titleHeight, h: inside.height + f.titleHeight + framePadding})
	}
	ports := map[[2]int]*levelNode{}
	port := func(in, out int) *levelNode {
		key := [2]int{in, out}
		if ports[key] == nil {
			ports[key] = add(levelNode{box: -1, frame: -1, in: in, out: out, w: laneWidth})
		}
		return ports[key]
	}
	seen := map[[3]any]bool{}
	for _, a := range d.arrows {
		source, target := of[d.standsFor(a[0], frame)], of[d.standsFor(a[1], frame)]
		if source == target {
			continue // below, or not here at all
		}
		if source == nil {
			source = port(a[0], -1)
		}
		if target == nil {
			target = port(-1, a[0])
		}
		key := [3]any{source, target, a[0]}
		if seen[key] && target.box < 0 {
			continue
		}
		seen[key] = true
		l.edges = append(l.edges, &levelEdge{from: a[0], to: a[1], source: source, target: target})
	}
	if err := l.rank(d); err != nil {
		return nil, err
	}
	l.addLanes()
	l.order()
	l.place()
	return l, nil
}

// standsFor is the box, or the frame around it, that lies directly in a frame.
func (d diagram) standsFor(box, frame int) [2]int {
	f := d.boxes[box].frame
	if f == frame {
		return [2]int{box, -1}
	}
	for f >= 0 {
		if d.frames[f].parent == frame {
			return [2]int{-1, f}
		}
		f = d.frames[f].parent
	}
	return [2]int{-1, -1}
}

// rank gives each node the length of the longest path to it.
func (l *layering) rank(d diagram) error {
	waits := map[*levelNode]int{}
	for _, e := range l.edges {
		waits[e.target]++
	}
	var ready []*levelNode
	for _, n := range l.nodes {
		if waits[n] == 0 {
			ready = append(ready, n)
		}
	}
	last := 0
	for i := 0; i < len(ready); i++ {
		last = max(last, ready[i].rank)
		for _, e := range l.edges {
			if e.source == ready[i] {
				e.target.rank = max(e.target.rank, e.source.rank+1)
				if waits[e.target]--; waits[e.target] == 0 {
					ready = append(ready, e.target)
				}
			}
		}
	}
	if len(ready) < len(l.nodes) {
		var names []string
		for _, n := range l.nodes {
			if waits[n] > 0 {
				names = append(names, d.nameOf(n))
			}
		}
		return fmt.Errorf("figure: the diagram's arrows go in a circle through, or to, %s", strings.Join(names, ", "))
	}
	for _, n := range l.nodes {
		if n.out >= 0 {
			n.rank = last
		}
	}
	l.ranks = make([][]*levelNode, last+1)
	for _, n := range l.nodes {
		l.ranks[n.rank] = append(l.ranks[n.rank], n)
	}
	return nil
}

func (l *layering) addLanes() {
	join := func(a, b *levelNode) { a.after, b.before = append(a.after, b), append(b.before, a) }
	for _, e := range l.edges {
		at := e.source
		for r := e.source.rank + 1; r < e.target.rank; r++ {
			lane := &levelNode{box: -1, frame: -1, in: -1, out: -1, rank: r, w: laneWidth}
			l.ranks[r] = append(l.ranks[r], lane)
			e.lanes = append(e.lanes, lane)
			join(at, lane)
			at = lane
		}
		join(at, e.target)
	}
}

// order sorts each rank by the middle of its neighbours, down and up, and keeps the order with the fewest crossings.
func (l *layering) order() {
	best, fewest := l.copyRanks(), l.crossings()
	for sweep := range 12 {
		for i := range l.ranks {
			r := i
			if sweep%2 == 1 {
				r = len(l.ranks) - 1 - i
			}
			at := l.positions()
			middle := map[*levelNode]float64{}
			for _, n := range l.ranks[r] {
				near := n.before
				if sweep%2 == 1 {
					near = n.after
				}
				middle[n] = float64(at[n])
				if len(near) > 0 {
					sum := 0
					for _, m := range near {
						sum += at[m]
					}
					middle[n] = float64(sum) / float64(len(near))
				}
			}
			slices.SortStableFunc(l.ranks[r], func(a, b *levelNode) int { return cmp.Compare(middle[a], middle[b]) })
		}
		if n := l.crossings(); n < fewest {
			best, fewest = l.copyRanks(), n
		}
	}
	l.ranks = best
}

func (l *layering) copyRanks() [][]*levelNode {
	out := make([][]*levelNode, len(l.ranks))
	for i, r := range l.ranks {
		out[i] = slices.Clone(r)
	}
	return out
}

func (l *layering) positions() map[*levelNode]int {
	at := map[*levelNode]int{}
	for _, r := range l.ranks {
		for i, n := range r {
			at[n] = i
		}
	}
	return at
}

func (l *layering) crossings() (n int) {
	at := l.positions()
	for _, r := range l.ranks {
		var ends [][2]int
		for _, a := range r {
			for _, b := range a.after {
				for _, e := range ends {
					if (e[0]-at[a])*(e[1]-at[b]) < 0 {
						n++
					}
				}
				ends = append(ends, [2]int{at[a], at[b]})
			}
		}
	}
	return n
}

// place moves each rank as near to its neighbours as the room between its nodes allows.
func (l *layering) place() {
	for sweep := range 24 {
		for i := range l.ranks {
			r := i
			if sweep%2 == 1 {
				r = len(l.ranks) - 1 - i
			}
			settle(l.ranks[r], sweep)
		}
	}
	for _, r := range l.ranks {
		settle(r, 0) // a chain hangs straight below its first box
	}
	left, right := vg.Length(0), vg.Length(0)
	for i, n := range l.all() {
		if i == 0 || n.x-n.w/2 < left {
			left = n.x - n.w/2
		}
		if i == 0 || n.x+n.w/2 > right {
			right = n.x + n.w/2
		}
	}
	for _, n := range l.all() {
		n.x -= left
	}
	l.width = right - left
	for _, r := range l.ranks {
		height := vg.Length(0)
		for _, n := range r {
			height = max(height, n.h)
		}
		if height == 0 && l.height > 0 {
			l.height -= betweenRanks / 2 // ports at the foot
		}
		l.tops = append(l.tops, l.height)
		l.bottoms = append(l.bottoms, l.height+height)
		l.height += height + betweenRanks
		if height == 0 {
			l.height -= betweenRanks / 2 // ports at the head
		}
	}
	l.height = l.bottoms[len(l.bottoms)-1]
}

func (l *layering) all() (all []*levelNode) {
	for _, r := range l.ranks {
		all = append(all, r...)
	}
	return all
}

// settle is the isotonic regression of where the nodes of a rank would like to be, less the room that they take.
func settle(rank []*levelNode, sweep int) {
	type block struct {
		sum, weight vg.Length
		n           int
	}
	var blocks []block
	offset := make([]vg.Length, len(rank))
	for i, n := range rank {
		if i > 0 {
			offset[i] = offset[i-1] + rank[i-1].w/2 + betweenBoxes + n.w/2
		}
		near := slices.Concat(n.before, n.after)
		if sweep < 16 && sweep%2 == 0 && len(n.before) > 0 {
			near = n.before
		} else if sweep < 16 && len(n.after) > 0 {
			near = n.after
		}
		want := n.x
		if len(near) > 0 {
			want = 0
			for _, m := range near {
				want += m.x / vg.Length(len(near))
			}
		}
		weight := vg.Length(1)
		if n.box < 0 && n.frame < 0 {
			weight = 3 // a long arrow is to be straight
		}
		blocks = append(blocks, block{weight * (want - offset[i]), weight, 1})
		for k := len(blocks) - 1; k > 0 && blocks[k-1].sum/blocks[k-1].weight > blocks[k].sum/blocks[k].weight; k-- {
			blocks[k-1] = block{blocks[k-1].sum + blocks[k].sum, blocks[k-1].weight + blocks[k].weight, blocks[k-1].n + blocks[k].n}
			blocks = blocks[:k]
		}
	}
	i := 0
	for _, b := range blocks {
		for range b.n {
			rank[i].x = b.sum/b.weight + offset[i]
			i++
		}
	}
}

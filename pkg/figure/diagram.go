package figure

import (
	"errors"
	"fmt"
	"strings"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// Diagram shows boxes and the arrows between them from top to bottom, such as the layers of a model. Arrows pass beside
// boxes, never through one. A diagram higher than a page goes on in columns to the right: a numbered circle ends an
// arrow where the same number begins it again. One too large even so is shrunk.
type Diagram struct {
	Title    string // default: "Diagram"
	Subtitle string
	Boxes    []Box
	Arrows   []Arrow
	Frames   []Frame
	Depth    int // frames in more than so many others are drawn as one box; 0: 3, negative: none is, while that can be read
}

// Box is a box of a [Diagram].
type Box struct {
	Name   string
	Notes  []string // a line each, shortened where they are wide
	Group  int      // boxes of the same group above zero have the same colour
	End    bool     // where something comes in or goes out: a rounded box
	Muted  bool     // dashed
	Marked bool     // to be looked at: in a colour that no group has
	Frame  int      // the number of the frame around it, counted from 1; 0: none
}

// Frame is drawn around its boxes.
type Frame struct {
	Name  string
	Notes []string // the first beside the name, the others below it
	Group int
	Muted bool
	Frame int // the frame around it, counted from 1; 0: none
}

// Arrow leads from one box to another; both are indices.
type Arrow struct{ From, To int }

const defaultDepth = 3

// readable is how far a diagram may shrink before its innermost frames are drawn as boxes.
const readable = 0.72

func (d Diagram) check() error {
	for i, b := range d.Boxes {
		if b.Frame < 0 || b.Frame > len(d.Frames) {
			return fmt.Errorf("figure: box %d, %q, is in frame %d of %d", i, b.Name, b.Frame, len(d.Frames))
		}
	}
	for i, f := range d.Frames {
		if f.Frame < 0 || f.Frame > i {
			return fmt.Errorf("figure: frame %d, %q, is in frame %d: list the outer one first", i+1, f.Name, f.Frame)
		}
	}
	for i, a := range d.Arrows {
		if a.From < 0 || a.To < 0 || a.From >= len(d.Boxes) || a.To >= len(d.Boxes) {
			return fmt.Errorf("figure: arrow %d goes from box %d to box %d, counted from 0, of %d", i+1, a.From, a.To, len(d.Boxes))
		}
		if a.From == a.To {
			return fmt.Errorf("figure: the arrow of box %q goes in a circle, to itself", d.Boxes[a.From].Name)
		}
	}
	return nil
}

// depth is how many frames there are around a frame, that one included.
func (d Diagram) depth(frame int) (n int) {
	for ; frame > 0; frame = d.Frames[frame-1].Frame {
		n++
	}
	return n
}

// collapsed is the diagram with the frames deeper than depth as boxes.
func (d Diagram) collapsed(depth int) Diagram {
	out := d
	out.Boxes, out.Arrows, out.Frames = nil, nil, nil
	frameAt, boxAt := make([]int, len(d.Frames)+1), make([]int, len(d.Frames)+1)
	held := make([]int, len(d.Frames)+1)
	for _, b := range d.Boxes {
		for f := b.Frame; f > 0; f = d.Frames[f-1].Frame {
			held[f]++
		}
	}
	for i, f := range d.Frames {
		boxAt[i+1] = -1
		switch n := d.depth(i + 1); {
		case n <= depth:
			f.Frame = frameAt[f.Frame]
			out.Frames = append(out.Frames, f)
			frameAt[i+1] = len(out.Frames)
		case n == depth+1:
			boxAt[i+1] = len(out.Boxes)
			notes := append(append([]string(nil), f.Notes...), plural(held[i+1], "box")+" inside")
			if held[i+1] != 1 {
				notes[len(notes)-1] = fmt.Sprintf("%d boxes inside", held[i+1])
			}
			out.Boxes = append(out.Boxes, Box{Name: f.Name, Notes: notes, Group: f.Group, Muted: f.Muted, Frame: frameAt[f.Frame]})
		default:
			boxAt[i+1] = boxAt[f.Frame]
		}
	}
	now := make([]int, len(d.Boxes))
	for i, b := range d.Boxes {
		if b.Frame > 0 && boxAt[b.Frame] >= 0 {
			now[i] = boxAt[b.Frame]
			continue
		}
		b.Frame = frameAt[b.Frame]
		now[i] = len(out.Boxes)
		out.Boxes = append(out.Boxes, b)
	}
	seen := map[Arrow]bool{}
	for _, a := range d.Arrows {
		a = Arrow{now[a.From], now[a.To]}
		if a.From != a.To && !seen[a] {
			seen[a] = true
			out.Arrows = append(out.Arrows, a)
		}
	}
	return out
}

// drawing chooses how deep frames are shown: as deep as can be read.
func (d Diagram) drawing(width, height vg.Length) (*drawing, error) {
	if err := d.check(); err != nil {
		return nil, err
	}
	depth := d.Depth
	if depth == 0 {
		depth = defaultDepth
	}
	most := 0
	for i := range d.Frames {
		most = max(most, d.depth(i+1))
	}
	var best *drawing
	if depth < 0 {
		depth = most
	}
	for depth = min(depth, most); depth >= 0; depth-- {
		p, err := d.collapsed(depth).laidOut(width, height)
		if err != nil {
			return nil, err
		}
		if best == nil || p.scale > best.scale {
			best = p
		}
		if best.scale >= readable {
			break
		}
	}
	return best, nil
}

func (d Diagram) around() frame {
	f := frame{title: or(d.Title, "Diagram"), subtitle: d.Subtitle}
	if len(d.Boxes) == 0 {
		f.empty = "no boxes"
	}
	return f
}

// Size implements [Sizer]: as wide as every figure, and as high as the boxes need.
func (d Diagram) Size() (width, height vg.Length) {
	inner := DefaultWidth - 2*margin
	above := d.around().headerHeight(inner) + 2*margin
	p, err := d.drawing(inner, maxHeight-above)
	if err != nil || len(d.Boxes) == 0 {
		return DefaultWidth, DefaultHeight
	}
	return DefaultWidth, min(maxHeight, above+p.height*p.scale+1)
}

// Draw implements [Figure]. Errors: arrows and frames of boxes that aren't there, and arrows that go in a circle.
func (d Diagram) Draw(c draw.Canvas) error {
	f := d.around()
	c.SetColor(background)
	c.Fill(c.Rectangle.Path())
	c = draw.Crop(c, margin, -margin, margin, -margin)
	c = f.drawHeader(c)
	if f.empty != "" {
		return f.drawEmpty(c)
	}
	size := c.Rectangle.Size()
	if size.X <= 0 || size.Y <= 0 {
		return errors.New("figure: there is no room for the diagram")
	}
	p, err := d.drawing(size.X, size.Y)
	if err != nil {
		return err
	}
	p.draw(c)
	return nil
}

// Text implements [Figure]: each box with its notes and what it takes.
func (d Diagram) Text() string {
	lines := []string{or(d.Title, "Diagram")}
	if len(d.Boxes) == 0 {
		return lines[0] + "\n  no boxes"
	}
	if err := d.check(); err != nil {
		return lines[0] + "\n  " + err.Error()
	}
	if d.Subtitle != "" {
		lines = append(lines, "  "+d.Subtitle)
	}
	for i, b := range d.Boxes {
		line := "  " + d.path(b)
		if len(b.Notes) > 0 {
			line += ": " + strings.Join(b.Notes, ", ")
		}
		var from []string
		for _, a := range d.Arrows {
			if a.To == i {
				from = append(from, d.path(d.Boxes[a.From]))
			}
		}
		if len(from) > 0 {
			line += ", from " + strings.Join(from, " and ")
		}
		lines = append(lines, line)
	}
	return strings.Join(lines, "\n")
}

func (d Diagram) path(b Box) string {
	path := b.Name
	for f := b.Frame; f > 0; f = d.Frames[f-1].Frame {
		path = d.Frames[f-1].Name + "/" + path
	}
	return path
}

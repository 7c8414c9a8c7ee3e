package nn

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/ml/model"
)

// Index takes parts of its input, written as in Python between the brackets: x[:, -1] is nn.Index{At: ":, -1"}. There may be
// whole numbers, slices start:stop:step, an ellipsis and None, which is a new axis. The first is ":", the batch.
//
// Shapes: x [batch, …] → [batch, …] without the axes of whole numbers, with axes of size 1 for None.
type Index struct {
	Name string `keras:"-"` // empty: "index", "index_1", …
	At   string // must be given
}

var _ = operations.Add(Index{})

// cut is what is taken of one axis.
type cut struct {
	fresh             bool // an axis of size 1 that the input doesn't have
	gone              bool // one place, whose axis goes
	start, stop, step int  // places from start to below stop, from start down to above stop where step is negative
}

func (c cut) size() int {
	if c.step > 0 {
		return max(0, (c.stop-c.start+c.step-1)/c.step)
	}
	return max(0, (c.start-c.stop-c.step-1)/-c.step)
}

// plan works out what is taken of each axis of the input and what has the output's shape.
func (i Index) plan(input []int) (cuts []cut, out []int, err error) {
	parts := strings.Split(i.At, ",")
	taken := 0
	for k := range parts {
		parts[k] = strings.TrimSpace(parts[k])
		if parts[k] != "None" && parts[k] != "..." {
			taken++
		}
	}
	rest := slices.Repeat([]string{":"}, max(0, len(input)-taken))
	if at := slices.Index(parts, "..."); at >= 0 {
		parts = slices.Replace(parts, at, at+1, rest...)
	} else {
		parts = append(parts, rest...)
	}
	if taken > len(input) || len(parts) == 0 || parts[0] != ":" {
		return nil, nil, fmt.Errorf("Index.At is %q: must begin with \":\" for the batch and take at most the %d axes of the input", i.At, len(input))
	}
	axis := 0
	for _, part := range parts {
		c := cut{fresh: part == "None"}
		if !c.fresh {
			if axis >= len(input) {
				return nil, nil, fmt.Errorf("Index.At is %q: a second ellipsis makes no sense", i.At)
			}
			if c, err = cutOf(part, input[axis]); err != nil {
				return nil, nil, fmt.Errorf("Index.At is %q: %w (axis %d)", i.At, err, axis)
			}
			axis++
		}
		cuts = append(cuts, c)
		switch {
		case c.fresh:
			out = append(out, 1)
		case !c.gone:
			if c.size() == 0 {
				return nil, nil, fmt.Errorf("Index.At is %q: nothing is left of an axis of size %d", i.At, input[axis-1])
			}
			out = append(out, c.size())
		}
	}
	return cuts, out, nil
}

// cutOf reads a whole number or start:stop:step of an axis of that size, as Python takes it.
func cutOf(text string, size int) (cut, error) {
	fields := strings.Split(text, ":")
	number := func(k, fallback int) (int, error) {
		if k >= len(fields) || strings.TrimSpace(fields[k]) == "" {
			return fallback, nil
		}
		return strconv.Atoi(strings.TrimSpace(fields[k]))
	}
	if len(fields) == 1 {
		at, err := strconv.Atoi(text)
		if err != nil {
			return cut{}, fmt.Errorf("%q is neither a whole number nor a slice", text)
		}
		a, ok := normalAxis(at, size)
		if !ok {
			return cut{}, fmt.Errorf("there is no place %d in a size of %d", at, size)
		}
		return cut{gone: true, start: a, stop: a + 1, step: 1}, nil
	}
	step, err := number(2, 1)
	if err != nil || step == 0 || len(fields) > 3 {
		return cut{}, fmt.Errorf("%q is no slice", text)
	}
	low, high := 0, size
	first, last := 0, size
	if step < 0 {
		low, high = -1, size-1
		first, last = size-1, -1
	}
	given := func(k, fallback int) (int, error) {
		n, err := number(k, fallback)
		if err != nil || k < len(fields) && strings.TrimSpace(fields[k]) == "" {
			return fallback, err
		}
		if n < 0 {
			n += size
		}
		return min(max(n, low), high), nil
	}
	start, err1 := given(0, first)
	stop, err2 := given(1, last)
	if err1 != nil || err2 != nil {
		return cut{}, fmt.Errorf("%q is no slice", text)
	}
	return cut{start: start, stop: stop, step: step}, nil
}

// Apply adds the operation to the graph. It panics when At makes no sense for x.
func (i Index) Apply(_ *model.Scope, x *graph.Node) *graph.Node {
	cuts, out, err := i.plan(x.Shape().Dimensions)
	if err != nil {
		panic(err)
	}
	x = asFloat(x)
	var ranges []graph.SliceAxisSpec
	var back []int
	axis := 0
	for _, c := range cuts {
		if c.fresh {
			continue
		}
		from, to, step := c.start, c.stop, c.step
		if c.step < 0 { // the same places from below, turned around behind
			n := c.size()
			from, to, step = c.start+(n-1)*c.step, c.start+1, -c.step
			back = append(back, axis)
		}
		r := graph.AxisRange(from, to)
		if step > 1 {
			r = r.Stride(step)
		}
		ranges = append(ranges, r)
		axis++
	}
	y := graph.Slice(x, ranges...)
	if back != nil {
		y = graph.Reverse(y, back...)
	}
	return graph.Reshape(y, out...)
}

// OutputShape is what is left. The error says what At can't take.
func (i Index) OutputShape(input ...int) ([]int, error) {
	_, out, err := i.plan(input)
	return out, err
}

// KerasCall is x[AT].
func (i Index) KerasCall(inputs []string) string { return inputs[0] + "[" + i.At + "]" }

// TorchSteps is the same index; an axis that is gone through backwards, which PyTorch doesn't do, is turned around first.
func (i Index) TorchSteps(inputs [][]int) ([]TorchStep, error) {
	cuts, _, err := i.plan(inputs[0])
	if err != nil {
		return nil, err
	}
	var flipped []int
	parts := make([]string, len(cuts))
	axis := 0
	for k, c := range cuts {
		if c.fresh {
			parts[k] = "None"
			continue
		}
		size := inputs[0][axis]
		switch {
		case axis == 0:
			parts[k] = ":"
		case c.gone:
			parts[k] = strconv.Itoa(c.start)
		default:
			start, stop, step := c.start, c.stop, c.step
			if step < 0 {
				flipped = append(flipped, axis)
				start, stop, step = size-1-start, size-1-stop, -step
			}
			parts[k] = torchRange(start, stop, step, size)
		}
		axis++
	}
	text := "{x}"
	if flipped != nil {
		text += ".flip(" + strings.Trim(torchTuple(flipped), "(,)") + ")"
	}
	for len(parts) > 0 && parts[len(parts)-1] == ":" {
		parts = parts[:len(parts)-1]
	}
	if len(parts) > 0 {
		text += "[" + strings.Join(parts, ", ") + "]"
	}
	return torchAsHere(text)
}

// torchRange is a slice with what goes without saying left out.
func torchRange(start, stop, step, size int) string {
	text := ":"
	if start > 0 {
		text = strconv.Itoa(start) + text
	}
	if stop < size {
		text += strconv.Itoa(stop)
	}
	if step > 1 {
		text += ":" + strconv.Itoa(step)
	}
	return text
}
